/** The same words as bench/gateway/peer.ts, for servers that run on packages of their own. */
export function reportReady(url) {
  process.on('message', (request) => {
    if (request !== 'cpu') return;
    const { user, system } = process.cpuUsage();
    process.send({ kind: 'cpu', micros: user + system, rssBytes: process.memoryUsage.rss() });
  });
  process.on('disconnect', () => process.exit(0));
  process.send({ kind: 'ready', url, pid: process.pid });
}

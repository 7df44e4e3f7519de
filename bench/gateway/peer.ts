/** What a measured server says to the command that measures it. */
export interface PeerReady {
  readonly kind: 'ready';
  /** Where it answers; of the subgraphs, JSON of name to URL. */
  readonly url: string;
  readonly pid: number;
}

export interface PeerCpu {
  readonly kind: 'cpu';
  /** Microseconds of CPU this process has used, user and system together. */
  readonly micros: number;
  readonly rssBytes: number;
}

export type PeerReply = PeerReady | PeerCpu;

/** Called by a server that was forked by the benchmark, once it listens. */
export function reportReady(url: string): void {
  process.on('message', (request) => {
    if (request !== 'cpu') return;
    const { user, system } = process.cpuUsage();
    process.send?.({ kind: 'cpu', micros: user + system, rssBytes: process.memoryUsage.rss() } satisfies PeerCpu);
  });
  // Whoever measures has gone: nothing is left running.
  process.on('disconnect', () => process.exit(0));
  process.send?.({ kind: 'ready', url, pid: process.pid } satisfies PeerReady);
}

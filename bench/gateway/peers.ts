import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { PeerCpu, PeerReply } from './peer';

/** A server under measurement, in a process of its own. */
export interface Peer {
  readonly name: string;
  readonly url: string;
  cpu(): Promise<PeerCpu>;
  stop(): void;
}

const FOLDER = path.join(__dirname, '..', 'peers');

/** The other gateways are installed on first use only: nobody else of this project needs them. */
export function installPeers(say: (line: string) => void): void {
  if (existsSync(path.join(FOLDER, 'node_modules'))) return;
  say('Installing the other gateways into bench/peers (once) …');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: FOLDER, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** `file` is one of bench/gateway (TypeScript) or bench/peers (.mjs). */
export async function startPeer(name: string, file: string, env: Readonly<Record<string, string>> = {}): Promise<Peer> {
  const foreign = file.endsWith('.mjs');
  const child = fork(foreign ? path.join(FOLDER, file) : path.join(__dirname, file), {
    execArgv: foreign ? [] : ['--import', 'tsx'],
    env: { ...process.env, NODE_ENV: 'production', APOLLO_TELEMETRY_DISABLED: 'true', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ready = await reply(child, 'ready', name);
  return {
    name,
    url: ready.url,
    cpu() {
      const answer = reply(child, 'cpu', name);
      child.send('cpu');
      return answer;
    },
    stop: () => child.disconnect(),
  };
}

function reply<K extends PeerReply['kind']>(
  child: ChildProcess,
  kind: K,
  name: string,
): Promise<Extract<PeerReply, { kind: K }>> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void => reject(new Error(`${name} ended with ${code}.`));
    const onMessage = (message: PeerReply): void => {
      if (message.kind !== kind) return;
      child.off('exit', onExit);
      child.off('message', onMessage);
      resolve(message as Extract<PeerReply, { kind: K }>);
    };
    child.on('exit', onExit);
    child.on('message', onMessage);
  });
}

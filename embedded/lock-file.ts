import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Int32 } from 'bson';
import { encodeDocument } from './document/encode';

/** Who serves a data directory. */
interface LockContent {
  readonly pid: number;
  /** When the process began, where the system tells: process ids come around again. */
  readonly processStart: string | null;
  /** Null while the server is starting. */
  readonly uri: string | null;
  readonly lockedAt: number;
}

const STARTING_MS = 15_000;
const PING_MS = 2_000;

export class AlreadyServedError extends Error {
  constructor(
    readonly pid: number,
    readonly uri: string | null,
  ) {
    super(`served by process ${pid}`);
  }
}

function lockPath(dataDir: string): string {
  return join(dataDir, 'embedded.lock');
}

/** Takes the directory for this process. A lock whose process is gone is taken over. */
export async function takeLock(dataDir: string): Promise<void> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = lockPath(dataDir);
  for (;;) {
    try {
      writeFileSync(path, contentOf(null), { flag: 'wx', mode: 0o600 });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readLock(dataDir);
    if (holder !== null && (await isServing(holder))) throw new AlreadyServedError(holder.pid, holder.uri);
    rmSync(path, { force: true });
  }
}

export function publishUri(dataDir: string, uri: string): void {
  const next = `${lockPath(dataDir)}.next`;
  writeFileSync(next, contentOf(uri), { mode: 0o600 });
  renameSync(next, lockPath(dataDir));
}

export function releaseLock(dataDir: string): void {
  if (readLock(dataDir)?.pid === process.pid) rmSync(lockPath(dataDir), { force: true });
}

function contentOf(uri: string | null): string {
  const content: LockContent = { pid: process.pid, processStart: processStart(process.pid), uri, lockedAt: Date.now() };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function readLock(dataDir: string): LockContent | null {
  try {
    const content = JSON.parse(readFileSync(lockPath(dataDir), 'utf8')) as LockContent;
    return typeof content.pid === 'number' ? content : null;
  } catch {
    // Missing, or half written by a process that died: nobody holds it.
    return null;
  }
}

/** The uri of the living server on this directory, or null. */
export async function findServing(dataDir: string): Promise<string | null> {
  const holder = readLock(dataDir);
  return holder !== null && holder.uri !== null && isAlive(holder.pid) && (await answersPing(holder.uri))
    ? holder.uri
    : null;
}

async function isServing(holder: LockContent): Promise<boolean> {
  if (!isAlive(holder.pid)) return false;
  const start = processStart(holder.pid);
  if (start !== null && holder.processStart !== null && start !== holder.processStart) return false;
  if (holder.uri !== null) return (await answersPing(holder.uri)) || (start !== null && holder.pid !== process.pid);
  return Date.now() - holder.lockedAt < STARTING_MS;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Linux only: field 22 of /proc/PID/stat. */
function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

/** Sends one ping over the wire and waits for any answer. */
function answersPing(uri: string): Promise<boolean> {
  const address = /^mongodb:\/\/([^/]+)\//.exec(uri)?.[1];
  if (address === undefined) return Promise.resolve(false);
  const decoded = decodeURIComponent(address);
  const colon = decoded.lastIndexOf(':');
  const where =
    decoded.includes('/') || decoded.includes('\\')
      ? { path: decoded }
      : { host: decoded.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(decoded.slice(colon + 1)) };
  return new Promise((resolve) => {
    const socket = connect(where);
    const finish = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(PING_MS, () => finish(false));
    socket.once('connect', () => socket.write(pingMessage()));
    socket.once('data', () => finish(true));
    socket.once('error', () => finish(false));
    socket.once('close', () => finish(false));
  });
}

function pingMessage(): Buffer {
  const body = encodeDocument({ ping: new Int32(1), $db: 'admin' });
  const head = Buffer.alloc(21);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(1, 4);
  head.writeInt32LE(2013, 12);
  return Buffer.concat([head, body]);
}

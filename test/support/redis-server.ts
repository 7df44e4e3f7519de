import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '../../tools/distributed/free-port';

/** Debian and Ubuntu put it there; others on the path. */
const USUAL_PLACES = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];

/** The redis-server of this machine, null where there is none. */
export function findRedisServer(): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter).filter(Boolean), ...USUAL_PLACES];
  for (const folder of folders) {
    const file = path.join(folder, 'redis-server');
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not there.
    }
  }
  return null;
}

/** A Redis of a test's own, on a free port, without persistence: what is killed comes back empty. */
export class TestRedis {
  private child: ChildProcess | null = null;

  private constructor(
    private readonly binary: string,
    private readonly port: number,
    private readonly folder: string,
  ) {}

  static async start(): Promise<TestRedis> {
    const binary = findRedisServer();
    if (!binary)
      throw new Error('There is no redis-server on this machine; install it (apt-get install redis-server).');
    const folder = await mkdtemp(path.join(os.tmpdir(), 'kaituan-redis-'));
    const redis = new TestRedis(binary, await freePort(), folder);
    await redis.restart();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Ends it as a power cut would; its memory is lost. */
  async kill(): Promise<void> {
    const child = this.child;
    this.child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  /** Starts it on the same port, empty. */
  async restart(): Promise<void> {
    await this.kill();
    this.child = spawn(
      this.binary,
      ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', this.folder],
      { stdio: 'ignore' },
    );
    await this.answering();
  }

  /** Sends one command without arguments that need quoting; answers as it came. */
  send(command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(this.port, '127.0.0.1');
      socket.once('connect', () => socket.write(`${command}\r\n`));
      socket.once('data', (data) => {
        socket.destroy();
        resolve(String(data));
      });
      socket.once('error', reject);
    });
  }

  /** Keeps its connections and answers nobody, until `thaw`. */
  freeze(): void {
    this.child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.child?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async answering(): Promise<void> {
    const until = Date.now() + 10_000;
    while (!(await this.send('PING').catch(() => '')).startsWith('+PONG')) {
      if (Date.now() > until) throw new Error('redis-server did not answer within 10 s.');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/**
 * A suite that needs Redis. Where there is none it is skipped, and says so; in CI (`CI=true`) it fails instead, so that
 * nobody takes a run without it for a whole one.
 */
export function describeWithRedis(name: string, suite: () => void): void {
  if (findRedisServer()) {
    describe(name, suite);
  } else if (process.env['CI'] === 'true') {
    describe(name, () => {
      it('should find a redis-server to run against', () => {
        throw new Error('CI must run this suite: install redis-server (apt-get install redis-server).');
      });
    });
  } else {
    process.stderr.write(`SKIPPED, there is no redis-server on this machine: ${name}\n`);
    describe.skip(name, suite);
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '../distributed/free-port';
import { GraphClient } from '../graph-client';

const READY_WITHIN_MS = 60_000;

/** The product as `npm start` runs it, on a port and a folder that stay the same from process to process. */
export class KillableServer {
  private child: ChildProcess | null = null;

  private constructor(
    readonly client: GraphClient,
    private readonly port: number,
    private readonly dataDir: string,
  ) {}

  static async open(): Promise<KillableServer> {
    const dataDir = await mkdtemp(path.join(os.tmpdir(), 'kaituan-live-'));
    const port = await freePort();
    const server = new KillableServer(new GraphClient(`http://127.0.0.1:${port}`), port, dataDir);
    await server.start();
    return server;
  }

  /** Resolves when it is ready. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--import', 'tsx', path.join(__dirname, '..', 'start.ts')], {
      env: {
        ...process.env,
        NODE_ENV: 'development',
        HOST: '127.0.0.1',
        PORT: String(this.port),
        DATA_DIR: this.dataDir,
        LOG_LEVEL: 'error',
        MONGODB_URI: '',
        LIVE_CONNECTIONS_PER_ADDRESS: '10000',
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.child = child;
    for (const until = Date.now() + READY_WITHIN_MS; Date.now() < until; ) {
      if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode} at start.`);
      const answer = await fetch(`${this.client.url}/readyz`).catch(() => null);
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('The server was not ready within a minute.');
  }

  /** kill -9. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGKILL');
    await gone;
  }

  async close(): Promise<void> {
    await this.kill();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}

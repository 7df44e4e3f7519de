import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { freePort } from '../distributed/free-port';

const READY_WITHIN_MS = 60_000;
const POLL_MS = 100;

interface One {
  readonly port: number;
  child: ChildProcess | null;
  ready: boolean;
}

/** Several gateway processes behind what a load balancer does: ask each for its readiness, send only to those that are. */
export class RollingGateways {
  private readonly all: One[] = [];
  private readonly polls: NodeJS.Timeout;
  private next = 0;

  constructor(
    private readonly count: number,
    private readonly environment: Readonly<Record<string, string>>,
  ) {
    this.polls = setInterval(() => {
      for (const one of this.all) void this.look(one);
    }, POLL_MS);
  }

  async start(): Promise<void> {
    for (let index = 0; index < this.count; index += 1) {
      this.all.push({ port: await freePort(), child: null, ready: false });
    }
    await Promise.all(this.all.map((one) => this.open(one)));
  }

  /** One that is ready, in turn. */
  pick(): string {
    const ready = this.all.filter((one) => one.ready);
    const one = ready[this.next % ready.length];
    this.next += 1;
    if (!one) throw new Error('No gateway is ready.');
    return urlOf(one);
  }

  /** SIGTERM, then a new process on the same port. Answers how the old one ended and how long that took. */
  async restart(index: number): Promise<{ readonly status: number | null; readonly ms: number }> {
    const one = this.all[index];
    if (!one?.child) throw new Error(`There is no gateway ${index}.`);
    const { child } = one;
    const gone = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const asked = Date.now();
    child.kill('SIGTERM');
    const status = await gone;
    const ms = Date.now() - asked;
    one.ready = false;
    await this.open(one);
    return { status, ms };
  }

  async stop(): Promise<void> {
    clearInterval(this.polls);
    await Promise.all(
      this.all.map(async ({ child }) => {
        if (!child || child.exitCode !== null) return;
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGKILL');
        await gone;
      }),
    );
  }

  private async open(one: One): Promise<void> {
    const file = path.join(__dirname, '..', 'distributed', 'gateway-command.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', file], {
      env: { ...process.env, ...this.environment, HOST: '127.0.0.1', PORT: String(one.port) },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    one.child = child;
    for (const until = Date.now() + READY_WITHIN_MS; Date.now() < until; ) {
      await this.look(one);
      if (one.ready) return;
      if (child.exitCode !== null) throw new Error(`A gateway ended with ${child.exitCode} at start.`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error('A gateway was not ready within a minute.');
  }

  private async look(one: One): Promise<void> {
    const answer = await fetch(`${urlOf(one)}/readyz`, {
      signal: AbortSignal.timeout(2_000),
      headers: { connection: 'close' },
    }).catch(() => null);
    one.ready = answer?.ok ?? false;
  }
}

function urlOf({ port }: One): string {
  return `http://127.0.0.1:${port}`;
}

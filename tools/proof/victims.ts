import { type ChildProcess, fork, spawn } from 'node:child_process';
import path from 'node:path';
import type { GraphClient } from '../graph-client';
import type { Dice } from './dice';
import { killEverything, type ProofShape, processesOf } from './shape';

const START_MS = 120_000;
const POLL_MS = 50;

/** An installation whose processes are killed one after the other. */
export interface Victims {
  start(): Promise<void>;
  /** kill -9 of one process by chance; resolves with its name when it is gone. */
  strike(dice: Dice): Promise<string>;
  /** Resolves when what was struck runs again. */
  recover(): Promise<void>;
  /** kill -9 of everything. */
  end(): Promise<void>;
}

export function victimsOf(shape: ProofShape, client: GraphClient, dataDir: string, port: number): Victims {
  const env = {
    ...process.env,
    NODE_ENV: 'development',
    HOST: '127.0.0.1',
    PORT: String(port),
    DATA_DIR: dataDir,
    LOG_LEVEL: shape === 'embedded' ? 'error' : 'silent',
    MONGODB_URI: '',
    SUBGRAPH_URLS: '',
  };
  return shape === 'embedded' ? new OneProcess(client, env) : new ManyProcesses(client, env, dataDir);
}

class OneProcess implements Victims {
  private child: ChildProcess | null = null;

  constructor(
    private readonly client: GraphClient,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--import', 'tsx', path.join(__dirname, '..', 'start.ts')], {
      env: this.env,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.child = child;
    await until('the server is ready', async () => {
      if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode} at start.`);
      return answers(this.client.url);
    });
  }

  async strike(): Promise<string> {
    await this.end();
    return 'the server';
  }

  recover(): Promise<void> {
    return this.start();
  }

  async end(): Promise<void> {
    this.child?.kill('SIGKILL');
    if (this.child) await gone(this.child);
  }
}

/** The supervisor starts again what dies; when it is the one that dies, its children end and it is started again. */
class ManyProcesses implements Victims {
  private supervisor: ChildProcess | null = null;
  private struck: { readonly name: string; readonly pid: number } | null = null;

  constructor(
    private readonly client: GraphClient,
    private readonly env: NodeJS.ProcessEnv,
    private readonly dataDir: string,
  ) {}

  async start(): Promise<void> {
    const supervisor = fork(path.join(__dirname, '..', 'distributed.ts'), {
      execArgv: ['--import', 'tsx'],
      env: this.env,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.supervisor = supervisor;
    await new Promise<void>((resolve, reject) => {
      supervisor.once('exit', (code) => reject(new Error(`The installation ended with ${code} at start.`)));
      supervisor.once('message', () => resolve());
    });
    supervisor.removeAllListeners('exit');
  }

  async strike(dice: Dice): Promise<string> {
    const all = Object.entries(processesOf(this.dataDir));
    const [name, { pid }] = all[dice.between(0, all.length - 1)] ?? ['supervisor', { pid: this.supervisor?.pid ?? 0 }];
    this.struck = { name, pid };
    process.kill(pid, 'SIGKILL');
    await until(`${name} is gone`, () => Promise.resolve(!isAlive(pid)));
    return name;
  }

  async recover(): Promise<void> {
    const { struck } = this;
    if (!struck) return;
    if (struck.name === 'supervisor') {
      // Nobody is left to bring them back: its children end by themselves, and everything starts anew.
      await until('its children are gone', () =>
        Promise.resolve(!Object.values(processesOf(this.dataDir)).some(({ pid }) => isAlive(pid))),
      );
      return this.start();
    }
    await until(`${struck.name} is back`, async () => {
      const now = processesOf(this.dataDir)[struck.name];
      if (!now || now.pid === struck.pid || !isAlive(now.pid)) return false;
      return now.url?.startsWith('http') ? answers(now.url) : true;
    });
    await until('the gateway answers', () => answers(this.client.url));
  }

  async end(): Promise<void> {
    this.supervisor?.kill('SIGKILL');
    killEverything(this.dataDir);
    if (this.supervisor) await gone(this.supervisor);
  }
}

async function answers(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/readyz`).catch(() => null);
  return answer?.ok === true;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + START_MS; !(await holds()); ) {
    if (Date.now() > end) throw new Error(`Not within ${START_MS / 1000} s: ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function gone(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

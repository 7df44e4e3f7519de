import { type ChildProcess, fork } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Log } from '../../platform/logging/log';
import type { ChildReady } from '../child-process';
import { CommandError } from '../child-process';

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;
/** A process that lived this long starts with the shortest wait again. */
const HEALTHY_MS = 30_000;

export interface Part {
  readonly name: string;
  /** Absolute path of its command. */
  readonly script: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

interface Running extends Part {
  child: ChildProcess;
  url: string;
  startedAt: number;
  failures: number;
}

/** Keeps the processes of an installation running: one that dies is started again, sooner at first, later if it keeps dying. */
export class Supervisor {
  private readonly parts = new Map<string, Running>();
  private stopping = false;

  constructor(
    private readonly log: Log,
    /** Who runs where, for people and tools: process ids and addresses by name. */
    private readonly file: string,
  ) {}

  /** Starts a part and resolves with its address when it is ready; rejects when it ends before that. */
  async start(part: Part): Promise<string> {
    const child = spawn(part);
    const running: Running = { ...part, child, url: '', startedAt: Date.now(), failures: 0 };
    this.parts.set(part.name, running);
    const url = await readyOf(child, part.name);
    running.url = url;
    this.watch(running);
    this.publish();
    return url;
  }

  /** SIGTERM to these parts, SIGKILL to those still there after `limitMs`. They are not started again. */
  async stop(names: readonly string[], limitMs: number): Promise<void> {
    this.stopping = true;
    await Promise.all(
      names.map(async (name) => {
        const part = this.parts.get(name);
        if (!part || hasEnded(part.child)) return;
        const ended = new Promise((resolve) => part.child.once('exit', resolve));
        part.child.kill('SIGTERM');
        const impatience = setTimeout(() => {
          this.log.warn({ part: name }, 'A part did not stop in time and was killed.');
          part.child.kill('SIGKILL');
        }, limitMs);
        await ended;
        clearTimeout(impatience);
      }),
    );
  }

  /** After everything has stopped. */
  finish(): void {
    rmSync(this.file, { force: true });
  }

  private watch(part: Running): void {
    part.child.once('exit', (code, signal) => {
      if (this.stopping) return;
      if (Date.now() - part.startedAt > HEALTHY_MS) part.failures = 0;
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** part.failures);
      part.failures += 1;
      this.log.error(
        { part: part.name, status: code ?? signal ?? '', ms: wait },
        'A part ended by itself; it is started again.',
      );
      setTimeout(() => this.restart(part), wait);
    });
  }

  private restart(part: Running): void {
    if (this.stopping) return;
    part.child = spawn(part);
    part.startedAt = Date.now();
    this.watch(part);
    readyOf(part.child, part.name).then(
      () => {
        this.log.info({ part: part.name, ms: Date.now() - part.startedAt }, 'A part is back.');
        this.publish();
      },
      // Its end is seen above, where it is started again.
      () => undefined,
    );
  }

  private publish(): void {
    const all = [...this.parts.values()].map(({ name, child, url }) => [name, { pid: child.pid, url }]);
    const content = { supervisor: { pid: process.pid }, ...Object.fromEntries(all) };
    writeFileSync(this.file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  }
}

/** Runs a part that ends by itself; resolves with what it announced. */
export async function runOnce(part: Part): Promise<string> {
  return readyOf(spawn(part), part.name);
}

function spawn({ script, args, env }: Part): ChildProcess {
  return fork(script, [...args], {
    execArgv: ['--import', 'tsx'],
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    cwd: path.dirname(script),
  });
}

function readyOf(child: ChildProcess, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null, signal: string | null): void => {
      reject(new CommandError(`${name} ended with ${code ?? signal} before it was ready; its reason stands above.`));
    };
    child.once('exit', onExit);
    child.once('message', (message: ChildReady) => {
      child.off('exit', onExit);
      resolve(message.url);
    });
  });
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

import { type ChildProcess, execSync, fork } from 'node:child_process';
import path from 'node:path';
import type {
  OpenViewers,
  ServerMeasure,
  ServerReply,
  ServerRequest,
  ViewersReply,
  ViewersReport,
  ViewersRequest,
} from './messages';

/** What the viewers of a live server ask of the test graph it serves. */
export const PROGRESS =
  'subscription { progress { version joined group { product { id title groups price } members { profile { name } } } } }';
/** The same without what other subgraphs know. */
export const PROGRESS_ALONE = 'subscription { progress { version joined group { members { profile { id } } } } }';

type Reply = ServerReply | ViewersReply;

/** A child that answers requests with messages of a kind. */
class Child<Request extends { readonly kind: string }, Answer extends Reply> {
  private readonly waiting = new Map<string, ((answer: Answer) => void)[]>();
  private fail: (error: Error) => void = () => undefined;
  /** Rejects when the child fails; never resolves. */
  private readonly failed = new Promise<never>((_, reject) => {
    this.fail = reject;
  });

  constructor(
    private readonly child: ChildProcess,
    private readonly onMessage: (answer: Answer) => void = () => undefined,
  ) {
    child.on('message', (answer: Answer) => {
      if (answer.kind === 'failed') this.fail(new Error((answer as { message: string }).message));
      this.waiting.get(answer.kind)?.shift()?.(answer);
      this.onMessage(answer);
    });
    this.failed.catch(() => undefined);
    child.on('exit', (code, signal) => this.fail(new Error(`A process of the run ended with ${code ?? signal}.`)));
  }

  send(request: Request): void {
    this.child.send(request);
  }

  next<Kind extends Answer['kind']>(kind: Kind): Promise<Extract<Answer, { kind: Kind }>> {
    return this.unlessItFails(
      new Promise((resolve) => {
        const queue = this.waiting.get(kind) ?? [];
        this.waiting.set(kind, queue);
        queue.push(resolve as (answer: Answer) => void);
      }),
    );
  }

  unlessItFails<T>(outcome: Promise<T>): Promise<T> {
    return Promise.race([outcome, this.failed]);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    this.child.kill('SIGTERM');
    await gone;
  }
}

/** A live server in a process of its own. */
export class LiveServerProcess {
  private constructor(
    private readonly child: Child<ServerRequest, ServerReply>,
    readonly url: string,
  ) {}

  /** An answer has twelve names of so many characters, and some 200 bytes more. */
  static async start(what: 'gateway' | 'ws', nameCharacters = 10): Promise<LiveServerProcess> {
    const child = new Child<ServerRequest, ServerReply>(run('live-server.ts', [what, String(nameCharacters)]));
    const { url } = await child.next('ready');
    return new LiveServerProcess(child, url);
  }

  emit(): void {
    this.child.send({ kind: 'emit' });
  }

  /** Resolves when the last event has been emitted. */
  async pace(everyMs: number, count: number): Promise<void> {
    const paced = this.child.next('paced');
    this.child.send({ kind: 'pace', everyMs, count });
    await paced;
  }

  async measure(): Promise<ServerMeasure> {
    const measured = this.child.next('measured');
    this.child.send({ kind: 'measure' });
    return measured;
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}

/** Viewers in a process of their own. */
export class ViewersProcess {
  private readonly child: Child<ViewersRequest, ViewersReply>;
  private newest = 0;
  private waiting: { readonly version: number; readonly done: () => void } | null = null;

  constructor() {
    this.child = new Child(run('viewers.ts', []), (message) => {
      if (message.kind !== 'everyone') return;
      this.newest = Math.max(this.newest, message.version);
      if (this.waiting && this.newest >= this.waiting.version) this.waiting.done();
    });
  }

  async open(what: Omit<OpenViewers, 'kind'>): Promise<void> {
    const opened = this.child.next('opened');
    this.child.send({ kind: 'open', ...what });
    await opened;
  }

  /** Resolves when every reading viewer has this version or a newer one. One such wait at a time. */
  everyone(version: number): Promise<void> {
    return this.child.unlessItFails(
      new Promise<void>((resolve) => {
        const done = (): void => {
          this.waiting = null;
          resolve();
        };
        if (this.newest >= version) done();
        else this.waiting = { version, done };
      }),
    );
  }

  async report(): Promise<ViewersReport> {
    const report = this.child.next('report');
    this.child.send({ kind: 'report' });
    return report;
  }

  stop(): Promise<void> {
    return this.child.stop();
  }
}

function run(file: string, args: readonly string[]): ChildProcess {
  return fork(path.join(__dirname, file), args, { execArgv: ['--expose-gc', '--import', 'tsx'] });
}

/** Node takes as many files as the system allows it; throws with what to do when that is too few. */
export function needFiles(count: number): void {
  if (process.platform === 'win32') return;
  const allowed = execSync('ulimit -Hn', { shell: '/bin/sh', encoding: 'utf8' }).trim();
  if (allowed === 'unlimited' || Number(allowed) >= count + 200) return;
  throw new Error(
    `This run opens ${count} sockets in one process, and the system allows ${allowed} files: allow more with "ulimit -n ${count + 200}" (as root, or in /etc/security/limits.conf) and run it again.`,
  );
}

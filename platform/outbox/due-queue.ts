import { type GroupWork, type RelayGroup, toChains } from './group-work';
import { LARGE_BATCH, type OutboxStore } from './outbox-store';

/** Aggregates looked up in one query, and how many may be worked on at once. */
const LOOKUP = 200;
const SIDE_BY_SIDE = 400;

interface Request {
  readonly allowed: () => Promise<boolean>;
  readonly done: Promise<void>;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Aggregates of which somebody said that one group has something to do. Looked up many at a time and each once, however
 * often it is named; what is named while it is being worked on is looked up again afterwards.
 */
export class DueQueue {
  private readonly waiting = new Map<string, Request>();
  private running: Promise<void> | null = null;
  private stopped = false;

  constructor(
    private readonly store: OutboxStore,
    private readonly work: GroupWork,
    private readonly group: RelayGroup,
  ) {}

  /** Resolves when all the aggregate has now is done and marked, or has failed and waits to be tried again. */
  add(aggregateId: string, allowed: () => Promise<boolean>): Promise<void> {
    const known = this.waiting.get(aggregateId);
    if (known) return known.done;
    let settle: Pick<Request, 'resolve' | 'reject'> = { resolve: () => undefined, reject: () => undefined };
    const done = new Promise<void>((resolve, reject) => {
      settle = { resolve, reject };
    });
    this.waiting.set(aggregateId, { allowed, done, ...settle });
    this.start();
    return done;
  }

  private start(): void {
    // A turn later, so that all that is named together is looked up together.
    this.running ??= turn()
      .then(() => this.run())
      .finally(() => {
        this.running = null;
        // Named after the last look, and before this.
        if (this.waiting.size > 0) this.start();
      });
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async run(): Promise<void> {
    while (this.waiting.size > 0) {
      const taken = this.take();
      if (taken.size > 0) await this.begin(taken);
      const active = this.work.activeOfGroup(this.group.name);
      if (taken.size > 0 && active.length < SIDE_BY_SIDE) continue;
      // What was taken may all have been held back, and then there is nothing to wait for.
      await (active.length > 0 ? Promise.race(active) : turn());
    }
  }

  private take(): Map<string, Request> {
    const taken = new Map<string, Request>();
    for (const [id, request] of this.waiting) {
      if (taken.size === LOOKUP) break;
      if (!this.stopped && this.work.activeOf(this.group.name, id)) continue;
      this.waiting.delete(id);
      if (this.stopped || this.work.isHeldBack(this.group.name, id)) request.resolve();
      else taken.set(id, request);
    }
    return taken;
  }

  private async begin(taken: ReadonlyMap<string, Request>): Promise<void> {
    try {
      const records = await this.store.findOf(this.group.name, [...taken.keys()]);
      const last = records.length === LARGE_BATCH ? records.at(-1)?.aggregateId : undefined;
      const chains = new Map(toChains(this.group, records).map((chain) => [chain.aggregateId, chain]));
      for (const [id, request] of taken) {
        const chain = chains.get(id);
        // Past the end of what one query answers: looked up again.
        const isCut = last !== undefined && id >= last;
        const before = this.work.activeOf(this.group.name, id);
        if (before) void before.then(() => this.pass(request, id));
        else if (!chain && isCut) this.pass(request, id);
        else if (!chain || this.work.isHeldBack(this.group.name, id)) request.resolve();
        else {
          const ended = this.work.begin(chain, request.allowed).then(() => this.work.markSoon());
          ended.then(() => (isCut ? this.pass(request, id) : request.resolve()), request.reject);
        }
      }
    } catch (error) {
      for (const request of taken.values()) request.reject(error);
    }
  }

  private pass(request: Request, id: string): void {
    this.add(id, request.allowed).then(request.resolve, request.reject);
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

import type { ExecutionResult } from 'graphql';
import type { Position } from './live-position';

/** An event on its way to be told. */
export interface WaitingEvent {
  readonly event: ExecutionResult;
  /** Null for one that has no version, which is a failure. */
  readonly position: Position | null;
  /** When it came, in milliseconds of the caller's clock. */
  readonly since: number;
}

type Slot = string | null | typeof FAILURES;
/** Failures never take the place of a state. */
const FAILURES = Symbol('failures');

/**
 * The events of one topic that wait to be told. In order as they came; thinned, only the newest of each id, in the
 * place of its first.
 */
export class TopicBacklog {
  private waiting: WaitingEvent[] = [];
  /** How many the last thinning left. */
  private kept = 1;
  private held = false;

  /** `most`: with so many waiting it thins itself. */
  constructor(
    private readonly most: number,
    private readonly onPassedOver: (events: number) => void,
  ) {}

  get size(): number {
    return this.waiting.length;
  }

  get first(): WaitingEvent | undefined {
    return this.waiting[0];
  }

  /** So many ids wait that thinning makes no more room. */
  get isFull(): boolean {
    return this.waiting.length >= this.most;
  }

  add(event: WaitingEvent): void {
    this.waiting.push(event);
    if (this.isFull) this.thin();
  }

  /** It is not yet time for any of them: when it is, the newest will do. */
  hold(): void {
    this.held = true;
    // Looking at all of them each time one comes would cost more than it saves.
    if (this.waiting.length > 2 * this.kept) this.thin();
  }

  take(): WaitingEvent | undefined {
    if (this.held) this.thin();
    this.held = false;
    return this.waiting.shift();
  }

  /** Of each id the highest version stays; of those without one, the last that came. */
  thin(): void {
    if (this.waiting.length < 2) return;
    const newest = new Map<Slot, WaitingEvent>();
    for (const waiting of this.waiting) {
      const slot = waiting.position ? waiting.position.id : FAILURES;
      const known = newest.get(slot);
      if (known?.position && waiting.position && known.position.version >= waiting.position.version) continue;
      newest.set(slot, waiting);
    }
    const passedOver = this.waiting.length - newest.size;
    this.kept = newest.size;
    if (passedOver === 0) return;
    this.waiting = [...newest.values()];
    this.onPassedOver(passedOver);
  }
}

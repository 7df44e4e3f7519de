import { LIMITS } from '../limits/limits';

/** Looking at the clock costs about as much as a delivery. */
const DELIVERIES_BETWEEN_LOOKS = 32;

interface Round {
  /** Makes one delivery; false when there is none left. */
  readonly step: () => boolean;
  readonly done: () => void;
}

/**
 * Gives one thing to thousands without holding up everybody else: of every turn of the event loop, deliveries take a
 * slice, shared by all rounds that are under way. A round that fits into a slice is done before the call returns.
 */
export class Broadcast {
  private readonly rounds: Round[] = [];
  private scheduled = false;

  constructor(private readonly sliceMs: number = LIMITS.broadcastSliceMs) {}

  /** Calls `give` with every receiver; those who come while it runs are met too. Resolves when all have been met. */
  to<Receiver>(receivers: Iterable<Receiver>, give: (receiver: Receiver) => void): Promise<void> {
    const rest = receivers[Symbol.iterator]();
    const step = (): boolean => {
      const next = rest.next();
      if (next.done) return false;
      give(next.value);
      return true;
    };
    return new Promise((done) => {
      this.rounds.push({ step, done });
      if (!this.scheduled) this.work();
    });
  }

  private work(): void {
    this.scheduled = false;
    const until = performance.now() + this.sliceMs;
    for (let round = this.rounds.shift(); round; round = this.rounds.shift()) {
      if (finishedBy(until, round)) {
        round.done();
        continue;
      }
      this.rounds.push(round);
      this.scheduled = true;
      setImmediate(() => this.work());
      return;
    }
  }
}

function finishedBy(until: number, { step }: Round): boolean {
  for (let count = 1; step(); count++) {
    if (count % DELIVERIES_BETWEEN_LOOKS === 0 && performance.now() >= until) return false;
  }
  return true;
}

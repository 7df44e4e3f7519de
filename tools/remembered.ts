import type { Clock } from '../platform/clock/clock';

/** How long an old answer stands in while its owner does not answer: as long as an access token lives. */
const STANDS_IN_MS = 10 * 60_000;
/** How long a caller waits for a fresh answer when there is an old one. */
const PATIENCE_MS = 300;
const MAX_REMEMBERED = 10_000;

interface Answer<T> {
  value: Promise<T>;
  until: number;
  isThere: boolean;
  /** The newest that was answered, and when it stops to stand in. */
  last: { readonly value: T; readonly until: number } | null;
}

/**
 * A small memory of answers that are true for a while. While their owner is away or slow an older answer stands in, so
 * that a failing accounts subgraph does not sign everybody out; who has none waits, and is told what is wrong.
 */
export class Remembered<T> {
  private readonly answers = new Map<string, Answer<T>>();

  constructor(
    private readonly clock: Clock,
    /** How long an answer is given without asking again. */
    private readonly believedMs: number,
    private readonly maxEntries = MAX_REMEMBERED,
  ) {}

  get(key: string, ask: () => Promise<T>): Promise<T> {
    const now = this.clock.now().getTime();
    const known = this.answers.get(key);
    if (known && known.until > now) return known.isThere ? known.value : this.orLast(known, now);
    // What was asked the longest ago goes: whoever makes up keys does not push out what is asked all the time.
    this.answers.delete(key);
    for (const oldest of this.answers.keys()) {
      if (this.answers.size < this.maxEntries) break;
      this.answers.delete(oldest);
    }
    const last = known?.last && known.last.until > now ? known.last : null;
    const answer: Answer<T> = { value: ask(), until: now + this.believedMs, isThere: false, last };
    this.answers.set(key, answer);
    answer.value.then(
      (value) => {
        answer.isThere = true;
        answer.last = { value, until: now + STANDS_IN_MS };
      },
      () => {
        // A failure is not an answer: the next caller asks again.
        if (answer.last) answer.until = 0;
        else if (this.answers.get(key) === answer) this.answers.delete(key);
      },
    );
    return this.orLast(answer, now);
  }

  private async orLast(answer: Answer<T>, now: number): Promise<T> {
    const { last } = answer;
    if (!last || last.until <= now) return answer.value;
    let timer: NodeJS.Timeout | undefined;
    const impatience = new Promise<T>((resolve) => {
      timer = setTimeout(() => resolve(last.value), PATIENCE_MS);
    });
    try {
      return await Promise.race([answer.value, impatience]);
    } catch {
      return last.value;
    } finally {
      clearTimeout(timer);
    }
  }
}

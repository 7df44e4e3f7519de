import { WINDOW_MS } from './signature';

/** Room for 5,000 calls a second over the whole window, about 20 MB when full. */
const LIMIT = 300_000;

/**
 * Remembers the nonces of accepted calls for as long as their time could be accepted again. Bounded: when it is full,
 * the oldest half is forgotten and calls signed before the newest time of that half are refused from then on, so a
 * replay is never accepted; only late calls may be refused that would otherwise pass. What was signed before the memory
 * began is refused too, or a restart would open the door to replays.
 *
 * The memory is this process's own: of several processes of one subgraph, each accepts a call once.
 */
export class NonceMemory {
  private young = new Set<string>();
  private old = new Set<string>();
  private newestOfYoung = 0;
  private newestOfOld = 0;

  constructor(
    private floor: number,
    private readonly limit = LIMIT,
  ) {}

  /** Takes a nonce whose signature was found genuine; false when it was seen before or is too old to tell. */
  accept(nonce: string, time: number, now: number): boolean {
    if (time < this.floor || this.young.has(nonce) || this.old.has(nonce)) return false;
    if (this.young.size >= this.limit / 2 || this.isOutOfWindow(this.newestOfOld, now)) this.turn();
    // The turn may have raised the floor above this very call.
    if (time < this.floor) return false;
    this.young.add(nonce);
    this.newestOfYoung = Math.max(this.newestOfYoung, time);
    return true;
  }

  get size(): number {
    return this.young.size + this.old.size;
  }

  private isOutOfWindow(newest: number, now: number): boolean {
    return this.young.size > 0 && newest < now - WINDOW_MS;
  }

  private turn(): void {
    if (this.old.size > 0) this.floor = Math.max(this.floor, this.newestOfOld + 1);
    this.old = this.young;
    this.newestOfOld = this.newestOfYoung;
    this.young = new Set();
    this.newestOfYoung = 0;
  }
}

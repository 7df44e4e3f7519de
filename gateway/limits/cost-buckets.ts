import { BoundedCache } from '../bounded-cache';

/** Buckets kept at once. One that is forgotten was the longest unused, and starts full again. */
const KEPT_BUCKETS = 50_000;

export interface BucketSize {
  /** Points that may be spent at once. */
  readonly maximumAvailable: number;
  /** Points that come back each second. */
  readonly restoreRate: number;
}

/** One caller's points. They come back with time, up to the maximum. */
export class CostBucket {
  private available: number;

  constructor(
    readonly size: BucketSize,
    private at: number,
  ) {
    this.available = size.maximumAvailable;
  }

  /** Points there are at `now` (milliseconds). */
  level(now: number): number {
    // A clock that was set back gives nothing and takes nothing.
    const seconds = Math.max(0, now - this.at) / 1_000;
    this.at = now;
    this.available = Math.min(this.size.maximumAvailable, this.available + seconds * this.size.restoreRate);
    return this.available;
  }

  take(points: number): void {
    this.available -= points;
  }

  giveBack(points: number): void {
    this.available = Math.min(this.size.maximumAvailable, this.available + points);
  }

  /** Whole seconds until there are that many points; 0 when there are now. */
  wait(points: number, now: number): number {
    const missing = points - this.level(now);
    return missing <= 0 ? 0 : Math.max(1, Math.ceil(missing / this.size.restoreRate));
  }
}

/** The buckets of this gateway, by name. */
export class CostBuckets {
  private readonly buckets = new BoundedCache<string, CostBucket>(KEPT_BUCKETS);

  get(name: string, size: BucketSize, now: number): CostBucket {
    const known = this.buckets.get(name);
    if (known) return known;
    const bucket = new CostBucket(size, now);
    this.buckets.set(name, bucket);
    return bucket;
  }
}

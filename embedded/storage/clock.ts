import { KIND, namedKey } from './keyspace';

const CLOCK_KEY = namedKey(KIND.fact, 'clock');

export interface LogicalTime {
  readonly seconds: number;
  readonly increment: number;
}

/** A clock that ticks with each commit and never goes back, not even when the machine's clock does. */
export class LogicalClock {
  private seconds = 1;
  private increment = 0;

  /** Reads the last tick that was stored. */
  restore(stored: Buffer | undefined): void {
    if (stored === undefined) return;
    this.seconds = stored.readUInt32BE(0);
    this.increment = stored.readUInt32BE(4);
  }

  now(): LogicalTime {
    return { seconds: this.seconds, increment: this.increment };
  }

  /** The write that makes the next tick part of a commit. */
  tick(wallSeconds: number): { readonly key: Buffer; readonly value: Buffer } {
    if (wallSeconds > this.seconds) {
      this.seconds = wallSeconds;
      this.increment = 1;
    } else this.increment++;
    const value = Buffer.allocUnsafe(8);
    value.writeUInt32BE(this.seconds, 0);
    value.writeUInt32BE(this.increment, 4);
    return { key: CLOCK_KEY, value };
  }

  static readonly key = CLOCK_KEY;
}

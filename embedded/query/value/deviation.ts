import { Double } from 'bson';
import { numericType, toNumber } from './numeric';

/** Mean and squared distance kept by Welford's method; the server too works in doubles here, for decimals as well. */
export class Deviation {
  private count = 0;
  private mean = 0;
  private squares = 0;

  add(value: unknown): void {
    if (numericType(value) === 0) return;
    const number = toNumber(value);
    this.count += 1;
    const delta = number - this.mean;
    this.mean += delta / this.count;
    this.squares += delta * (number - this.mean);
  }

  population(): Double | null {
    return this.count === 0 ? null : new Double(Math.sqrt(this.squares / this.count));
  }

  sample(): Double | null {
    return this.count < 2 ? null : new Double(Math.sqrt(this.squares / (this.count - 1)));
  }
}

import { type Decimal128, Double, type Int32, type Long } from 'bson';
import { type Decimal, decimal128Of, decimalFromDouble34, decimalOf, integerDecimal, ZERO } from './decimal';
import { addDecimals, divideDecimals } from './decimal-math';
import {
  bigIntOrLong,
  DECIMAL,
  DOUBLE,
  fitsLong,
  INT,
  LONG,
  longOrDouble,
  numericType,
  toBigInt,
  toNumber,
} from './numeric';

/**
 * A running sum of mixed numbers: whole numbers exactly, doubles with Knuth's compensation (so that 0.1 ten times is
 * 1), decimals in 34 digits. The result has the widest type added; ints grow to long and longs to double.
 */
export class Sum {
  private widest: number = INT;
  private whole = 0;
  private wholeBeyond = 0n;
  private high = 0;
  private low = 0;
  /** The plain sum, which is right where infinities or NaN make the compensated one meaningless. */
  private special = 0;
  private decimal: Decimal = ZERO;
  /** How many numbers were added. */
  count = 0;

  add(value: unknown): void {
    const type = numericType(value);
    if (type === 0) return;
    this.count += 1;
    if (type > this.widest) this.widest = type;
    if (type === DECIMAL) this.decimal = addDecimals(this.decimal, decimalOf(value as Decimal128));
    else if (type === DOUBLE) this.addDouble(toNumber(value));
    else this.addWhole(value, type);
  }

  private addWhole(value: unknown, type: number): void {
    if (type === LONG && !Number.isSafeInteger(toNumber(value))) {
      this.wholeBeyond += toBigInt(value);
      return;
    }
    const next = this.whole + toNumber(value);
    if (Number.isSafeInteger(next)) this.whole = next;
    else {
      this.wholeBeyond += BigInt(this.whole) + toBigInt(value);
      this.whole = 0;
    }
  }

  private addDouble(value: number): void {
    this.special += value;
    const [rest, lost] = twoSum(value, this.low);
    const [high, low] = twoSum(this.high, rest);
    this.high = high;
    this.low = lost + low;
  }

  private wholeTotal(): bigint {
    return BigInt(this.whole) + this.wholeBeyond;
  }

  result(): Int32 | Long | Double | Decimal128 {
    if (this.widest === DECIMAL) return decimal128Of(this.decimalTotal());
    if (this.widest === DOUBLE) return new Double(this.doubleTotal());
    const whole = this.wholeTotal();
    return this.widest === INT && fitsLong(whole) ? bigIntOrLong(whole) : longOrDouble(whole);
  }

  /** The mean: a decimal where decimals were added, else a double; null of nothing. */
  mean(): Double | Decimal128 | null {
    if (this.count === 0) return null;
    if (this.widest === DECIMAL) {
      return decimal128Of(divideDecimals(this.decimalTotal(), integerDecimal(BigInt(this.count))));
    }
    return new Double(this.doubleTotal() / this.count);
  }

  private doubleTotal(): number {
    const copy = new Sum();
    copy.high = this.high;
    copy.low = this.low;
    copy.special = this.special;
    const whole = this.wholeTotal();
    const rounded = Number(whole);
    copy.addDouble(rounded);
    copy.addDouble(Number(whole - BigInt(rounded)));
    return Number.isNaN(copy.high) ? copy.special : copy.high;
  }

  private decimalTotal(): Decimal {
    const whole = addDecimals(this.decimal, integerDecimal(this.wholeTotal()));
    const hasDoubles = this.special !== 0 || this.high !== 0 || Number.isNaN(this.special);
    if (!hasDoubles) return this.wholeTotal() === 0n ? this.decimal : whole;
    if (!Number.isFinite(this.high)) return addDecimals(whole, decimalFromDouble34(this.special));
    const doubles = addDecimals(decimalFromDouble34(this.high), decimalFromDouble34(this.low));
    return addDecimals(whole, doubles);
  }
}

/** The rounded sum of two doubles and what the rounding lost, exactly. */
function twoSum(a: number, b: number): [number, number] {
  const sum = a + b;
  const virtual = sum - a;
  return [sum, a - (sum - virtual) + (b - virtual)];
}

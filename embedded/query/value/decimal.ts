import { Decimal128 } from 'bson';

/**
 * A Decimal128 taken apart: sign, coefficient of at most 34 digits and exponent, or an infinity or NaN.
 * Zeros and trailing digits keep their exponent: 1.50 and 1.5 are equal yet print differently.
 */
export interface Decimal {
  readonly form: 'finite' | 'infinity' | 'nan';
  readonly negative: boolean;
  readonly coefficient: bigint;
  readonly exponent: number;
}

export const PRECISION = 34;
export const EXPONENT_MIN = -6176;
export const EXPONENT_MAX = 6111;
const BIAS = 6176;
const COEFFICIENT_LIMIT = 10n ** 34n;

export const NAN: Decimal = { form: 'nan', negative: false, coefficient: 0n, exponent: 0 };
export const ZERO: Decimal = { form: 'finite', negative: false, coefficient: 0n, exponent: 0 };

export function infinity(negative: boolean): Decimal {
  return { form: 'infinity', negative, coefficient: 0n, exponent: 0 };
}

const powers: bigint[] = [1n];
export function pow10(exponent: number): bigint {
  if (exponent > 400) return 10n ** BigInt(exponent);
  for (let next = powers.length; next <= exponent; next++) powers.push(10n * (powers[next - 1] ?? 1n));
  return powers[exponent] ?? 1n;
}

export function digitCount(coefficient: bigint): number {
  return coefficient === 0n ? 1 : coefficient.toString().length;
}

/** Reads the binary integer decimal encoding (IEEE 754-2008), little-endian as BSON stores it. */
export function decimalOf(value: Decimal128): Decimal {
  const bytes = value.bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const low = view.getBigUint64(0, true);
  const high = view.getBigUint64(8, true);
  const top = Number(high >> 32n);
  const negative = top >>> 31 === 1;
  const combination = (top >>> 26) & 0x1f;
  if (combination === 0x1f) return NAN;
  if (combination === 0x1e) return infinity(negative);
  if (combination >= 0x18) {
    // The second encoding can only hold coefficients beyond 34 digits, which the standard reads as zero.
    return { form: 'finite', negative, coefficient: 0n, exponent: ((top >>> 15) & 0x3fff) - BIAS };
  }
  const exponent = ((top >>> 17) & 0x3fff) - BIAS;
  const coefficient = ((high & 0x1ffffffffffffn) << 64n) | low;
  return { form: 'finite', negative, coefficient: coefficient >= COEFFICIENT_LIMIT ? 0n : coefficient, exponent };
}

/** Packs a decimal, rounding half to even where it has more than 34 digits; overflow gives an infinity. */
export function decimal128Of(value: Decimal): Decimal128 {
  const bytes = Buffer.alloc(16);
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const rounded = roundToPrecision(value, PRECISION);
  const sign = rounded.negative ? 1n << 63n : 0n;
  if (rounded.form === 'nan') view.setBigUint64(8, 0x7c00000000000000n, true);
  else if (rounded.form === 'infinity') view.setBigUint64(8, sign | 0x7800000000000000n, true);
  else {
    view.setBigUint64(0, rounded.coefficient & 0xffffffffffffffffn, true);
    view.setBigUint64(8, sign | (BigInt(rounded.exponent + BIAS) << 49n) | (rounded.coefficient >> 64n), true);
  }
  return new Decimal128(bytes);
}

/** Quotient rounded half to even; both positive. */
export function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  const twice = (dividend % divisor) * 2n;
  if (twice < divisor || (twice === divisor && quotient % 2n === 0n)) return quotient;
  return quotient + 1n;
}

/** Rounds to a number of digits and brings the exponent into range, as the standard's result of an operation. */
export function roundToPrecision(value: Decimal, precision: number): Decimal {
  if (value.form !== 'finite') return value;
  let { coefficient, exponent } = value;
  if (coefficient === 0n) return { ...value, exponent: Math.min(Math.max(exponent, EXPONENT_MIN), EXPONENT_MAX) };
  const drop = Math.max(digitCount(coefficient) - precision, EXPONENT_MIN - exponent);
  // Everything far below the least digit is zero; no need to build the power of ten for it.
  if (drop > digitCount(coefficient) + 1) return { ...value, coefficient: 0n, exponent: EXPONENT_MIN };
  if (drop > 0) {
    coefficient = divideHalfEven(coefficient, pow10(drop));
    exponent += drop;
    if (digitCount(coefficient) > precision) {
      coefficient /= 10n;
      exponent += 1;
    }
  }
  if (exponent > EXPONENT_MAX) {
    const shift = exponent - EXPONENT_MAX;
    if (digitCount(coefficient) + shift > PRECISION) return infinity(value.negative);
    coefficient *= pow10(shift);
    exponent = EXPONENT_MAX;
  }
  return { form: 'finite', negative: value.negative, coefficient, exponent };
}

export function integerDecimal(value: bigint): Decimal {
  return { form: 'finite', negative: value < 0n, coefficient: value < 0n ? -value : value, exponent: 0 };
}

const doubleView = new DataView(new ArrayBuffer(8));

/** The exact decimal value of a double; up to some 770 digits, so for comparing and rounding, not for packing. */
export function exactDouble(value: number): Decimal {
  if (Number.isNaN(value)) return NAN;
  if (!Number.isFinite(value)) return infinity(value < 0);
  doubleView.setFloat64(0, value);
  const bits = doubleView.getBigUint64(0);
  const negative = bits >> 63n === 1n;
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  let mantissa = biased === 0 ? fraction : fraction | 0x10000000000000n;
  let power = (biased === 0 ? 1 : biased) - 1075;
  if (mantissa === 0n) return { ...ZERO, negative };
  while (power < 0 && mantissa % 2n === 0n) {
    mantissa /= 2n;
    power += 1;
  }
  if (power >= 0) return { form: 'finite', negative, coefficient: mantissa << BigInt(power), exponent: 0 };
  return { form: 'finite', negative, coefficient: mantissa * 5n ** BigInt(-power), exponent: power };
}

export function decimalFromDouble34(value: number): Decimal {
  return roundToPrecision(exactDouble(value), PRECISION);
}

/** A double as exactly 15 significant digits (2.5 gives 2.50000000000000); zero and specials stay bare. */
export function doubleToDecimal15(value: number): Decimal {
  const exact = exactDouble(value);
  if (exact.form !== 'finite' || exact.coefficient === 0n) return exact;
  const rounded = roundToPrecision(exact, 15);
  const pad = 15 - digitCount(rounded.coefficient);
  if (pad <= 0) return rounded;
  return { ...rounded, coefficient: rounded.coefficient * pow10(pad), exponent: rounded.exponent - pad };
}

export function decimalToNumber(value: Decimal): number {
  if (value.form === 'nan') return Number.NaN;
  if (value.form === 'infinity') return value.negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const magnitude = Number(`${value.coefficient}e${value.exponent}`);
  return value.negative ? -magnitude : magnitude;
}

/** Exact order; NaN is below every other number and equal to itself, zeros of both signs are equal. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.form === 'nan' || b.form === 'nan') return a.form === b.form ? 0 : a.form === 'nan' ? -1 : 1;
  const signA = signOf(a);
  const signB = signOf(b);
  if (signA !== signB) return signA < signB ? -1 : 1;
  if (signA === 0) return 0;
  const magnitudes = compareMagnitudes(a, b);
  return signA < 0 ? -magnitudes : magnitudes;
}

function signOf(value: Decimal): -1 | 0 | 1 {
  if (value.form === 'finite' && value.coefficient === 0n) return 0;
  return value.negative ? -1 : 1;
}

function compareMagnitudes(a: Decimal, b: Decimal): number {
  if (a.form === 'infinity' || b.form === 'infinity') return a.form === b.form ? 0 : a.form === 'infinity' ? 1 : -1;
  const leadA = digitCount(a.coefficient) + a.exponent;
  const leadB = digitCount(b.coefficient) + b.exponent;
  if (leadA !== leadB) return leadA < leadB ? -1 : 1;
  const shift = a.exponent - b.exponent;
  const left = shift > 0 ? a.coefficient * pow10(shift) : a.coefficient;
  const right = shift < 0 ? b.coefficient * pow10(-shift) : b.coefficient;
  return left < right ? -1 : left > right ? 1 : 0;
}

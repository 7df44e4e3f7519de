import {
  type Decimal,
  digitCount,
  divideHalfEven,
  EXPONENT_MIN,
  infinity,
  NAN,
  PRECISION,
  pow10,
  roundToPrecision,
} from './decimal';

/** Arithmetic of IEEE 754-2008 decimals: 34 digits, half to even, with the preferred exponents of the standard. */

export function negate(value: Decimal): Decimal {
  return value.form === 'nan' ? value : { ...value, negative: !value.negative };
}

function finite(signed: bigint, exponent: number, negativeZero = false): Decimal {
  const negative = signed < 0n || (signed === 0n && negativeZero);
  const value: Decimal = { form: 'finite', negative, coefficient: signed < 0n ? -signed : signed, exponent };
  return roundToPrecision(value, PRECISION);
}

export function signed(value: Decimal): bigint {
  return value.negative ? -value.coefficient : value.coefficient;
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  if (a.form === 'nan' || b.form === 'nan') return NAN;
  if (a.form === 'infinity') return b.form === 'infinity' && a.negative !== b.negative ? NAN : a;
  if (b.form === 'infinity') return b;
  // Operands further apart than any digit can carry would only build huge numbers: the smaller is a rounding hint.
  const [high, low] = a.exponent >= b.exponent ? [a, b] : [b, a];
  const gap = high.exponent - low.exponent;
  if (gap > 2 * PRECISION + 4 && high.coefficient !== 0n && low.coefficient !== 0n) {
    const shift = PRECISION + 2;
    const nudge = low.negative ? -1n : 1n;
    return finite(signed(high) * pow10(shift) + nudge, high.exponent - shift);
  }
  const exponent = low.exponent;
  return finite(signed(high) * pow10(gap) + signed(low), exponent, a.negative && b.negative);
}

export function subtractDecimals(a: Decimal, b: Decimal): Decimal {
  return addDecimals(a, negate(b));
}

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  if (a.form === 'nan' || b.form === 'nan') return NAN;
  const negative = a.negative !== b.negative;
  if (a.form === 'infinity' || b.form === 'infinity') return isZero(a) || isZero(b) ? NAN : infinity(negative);
  return finite(signed(a) * signed(b), a.exponent + b.exponent, negative);
}

export function isZero(value: Decimal): boolean {
  return value.form === 'finite' && value.coefficient === 0n;
}

/** The quotient; division by zero gives an infinity, zero by zero NaN. Callers refuse zero where the server does. */
export function divideDecimals(a: Decimal, b: Decimal): Decimal {
  if (a.form === 'nan' || b.form === 'nan') return NAN;
  const negative = a.negative !== b.negative;
  if (a.form === 'infinity') return b.form === 'infinity' ? NAN : infinity(negative);
  if (b.form === 'infinity') return { form: 'finite', negative, coefficient: 0n, exponent: EXPONENT_MIN };
  if (b.coefficient === 0n) return a.coefficient === 0n ? NAN : infinity(negative);
  const ideal = a.exponent - b.exponent;
  if (a.coefficient === 0n) return finite(0n, ideal, negative);
  const shift = Math.max(0, PRECISION + 2 + digitCount(b.coefficient) - digitCount(a.coefficient));
  const dividend = a.coefficient * pow10(shift);
  let coefficient = dividend / b.coefficient;
  let exponent = ideal - shift;
  if (dividend % b.coefficient !== 0n) {
    // A sticky last digit keeps the later rounding honest about what was cut off.
    return finite(negative ? -(coefficient * 10n + 1n) : coefficient * 10n + 1n, exponent - 1);
  }
  while (exponent < ideal && coefficient % 10n === 0n) {
    coefficient /= 10n;
    exponent += 1;
  }
  return finite(negative ? -coefficient : coefficient, exponent, negative);
}

/** Remainder with the sign of the dividend, exact. */
export function remainderDecimals(a: Decimal, b: Decimal): Decimal {
  if (a.form !== 'finite' || b.form === 'nan' || isZero(b)) return NAN;
  if (b.form === 'infinity') return a;
  const exponent = Math.min(a.exponent, b.exponent);
  const left = a.coefficient * pow10(a.exponent - exponent);
  const right = b.coefficient * pow10(b.exponent - exponent);
  return { form: 'finite', negative: a.negative, coefficient: left % right, exponent };
}

export type RoundingMode = 'half-even' | 'down' | 'floor' | 'ceiling';

/** The value with exactly `places` digits after the point (negative: before it), and no more digits than that. */
export function quantize(value: Decimal, places: number, mode: RoundingMode): Decimal {
  if (value.form !== 'finite' || value.exponent >= -places) return value;
  const drop = -places - value.exponent;
  const unit = drop > digitCount(value.coefficient) + 1 ? null : pow10(drop);
  const down = unit === null ? 0n : value.coefficient / unit;
  const rest = unit === null ? value.coefficient !== 0n : value.coefficient % unit !== 0n;
  let coefficient = down;
  if (mode === 'half-even') coefficient = unit === null ? 0n : divideHalfEven(value.coefficient, unit);
  else if (rest && (mode === 'floor' ? value.negative : mode === 'ceiling' && !value.negative)) coefficient = down + 1n;
  return { form: 'finite', negative: value.negative, coefficient, exponent: -places };
}

/** Square root to 34 digits; NaN below zero. */
export function squareRoot(value: Decimal): Decimal {
  if (value.form === 'nan' || isZero(value)) return value;
  if (value.negative) return NAN;
  if (value.form === 'infinity') return value;
  let { coefficient, exponent } = value;
  const ideal = Math.floor(exponent / 2);
  if (exponent % 2 !== 0) {
    coefficient *= 10n;
    exponent -= 1;
  }
  const shift = Math.max(0, PRECISION + 2 - Math.floor(digitCount(coefficient) / 2));
  const radicand = coefficient * pow10(2 * shift);
  const root = integerSquareRoot(radicand);
  let result = root;
  let scale = exponent / 2 - shift;
  if (root * root !== radicand) return finite(result * 10n + 1n, scale - 1);
  while (scale < ideal && result % 10n === 0n) {
    result /= 10n;
    scale += 1;
  }
  return finite(result, scale);
}

/** The whole part of the square root, by Newton from above. */
export function integerSquareRoot(value: bigint): bigint {
  if (value === 0n) return 0n;
  let guess = 1n << BigInt(Math.ceil(value.toString(2).length / 2));
  for (;;) {
    const next = (guess + value / guess) >> 1n;
    if (next >= guess) return guess;
    guess = next;
  }
}

import { type Decimal, digitCount, infinity, NAN, PRECISION, pow10, roundToPrecision, ZERO } from './decimal';
import { addDecimals, divideDecimals, integerSquareRoot, isZero, negate, subtractDecimals } from './decimal-math';

/**
 * Exponential, logarithm and trigonometry of decimals by series on fixed-point integers with 80 digits behind the
 * point, rounded to 34 at the end.
 */

const DIGITS = 80;
const UNIT = pow10(DIGITS);
const ONE: Decimal = { ...ZERO, coefficient: 1n };
const TWO: Decimal = { ...ZERO, coefficient: 2n };

function toFixed(value: Decimal): bigint {
  const shift = value.exponent + DIGITS;
  const magnitude = shift >= 0 ? value.coefficient * pow10(shift) : value.coefficient / pow10(-shift);
  return value.negative ? -magnitude : magnitude;
}

function fromFixed(value: bigint, exponent = 0): Decimal {
  const negative = value < 0n;
  const rounded = roundToPrecision(
    { form: 'finite', negative, coefficient: negative ? -value : value, exponent: exponent - DIGITS },
    PRECISION,
  );
  return withoutTrailingZeros(rounded);
}

/** A result that is exact prints without its tail of zeros; one that merely rounds to a few zeros keeps all digits. */
function withoutTrailingZeros(value: Decimal): Decimal {
  let { coefficient, exponent } = value;
  if (coefficient === 0n) return { ...value, exponent: 0 };
  if (coefficient % pow10(10) !== 0n) return value;
  while (exponent < 0 && coefficient % 10n === 0n) {
    coefficient /= 10n;
    exponent += 1;
  }
  return { ...value, coefficient, exponent };
}

const multiply = (a: bigint, b: bigint): bigint => (a * b) / UNIT;
const divide = (a: bigint, b: bigint): bigint => (a * UNIT) / b;

/** 2 (z + z³/3 + z⁵/5 …) = ln((1+z)/(1-z)). */
function twiceAtanh(z: bigint): bigint {
  const square = multiply(z, z);
  let term = z;
  let sum = 0n;
  for (let odd = 1n; term !== 0n; odd += 2n) {
    sum += term / odd;
    term = multiply(term, square);
  }
  return 2n * sum;
}

const lnOfSmall = (value: bigint): bigint => twiceAtanh(divide(value - UNIT, value + UNIT));
const LN_2 = twiceAtanh(UNIT / 3n);
const LN_10 = 3n * LN_2 + lnOfSmall((UNIT * 5n) / 4n);

function fixedLn(value: Decimal): bigint {
  // The value as m · 10^k with m from 0.1 to 1, then m as n · 2^-j with n near 1.
  const digits = digitCount(value.coefficient);
  const shift = DIGITS - digits;
  let mantissa = shift >= 0 ? value.coefficient * pow10(shift) : value.coefficient / pow10(-shift);
  let halvings = 0n;
  while (mantissa < (UNIT * 3n) / 4n) {
    mantissa *= 2n;
    halvings += 1n;
  }
  return lnOfSmall(mantissa) - halvings * LN_2 + BigInt(digits + value.exponent) * LN_10;
}

export function naturalLogarithm(value: Decimal): Decimal {
  if (value.form === 'nan' || value.negative) return isZero(value) ? infinity(true) : NAN;
  if (value.form === 'infinity') return value;
  return isZero(value) ? infinity(true) : fromFixed(fixedLn(value));
}

export function decimalLogarithm(value: Decimal): Decimal {
  if (value.form !== 'finite' || value.negative || isZero(value)) return naturalLogarithm(value);
  const text = value.coefficient.toString();
  // A power of ten has a whole logarithm, exactly.
  if (/^10*$/.test(text)) {
    const whole = BigInt(text.length - 1 + value.exponent);
    return { ...ZERO, negative: whole < 0n, coefficient: whole < 0n ? -whole : whole };
  }
  return fromFixed(divide(fixedLn(value), LN_10));
}

/** e to a fixed-point number, as a fixed-point mantissa and a power of ten. */
function expParts(value: bigint): { mantissa: bigint; power: number } {
  const power = value / LN_10;
  const rest = value - power * LN_10;
  // e^r = (e^(r/256))^256
  let term = UNIT;
  let sum = UNIT;
  const small = rest / 256n;
  for (let at = 1n; term !== 0n; at += 1n) {
    term = multiply(term, small) / at;
    sum += term;
  }
  for (let squaring = 0; squaring < 8; squaring++) sum = multiply(sum, sum);
  return { mantissa: sum, power: Number(power) };
}

function expOfFixed(value: bigint): Decimal {
  if (value > 16_000n * UNIT) return infinity(false);
  if (value < -16_000n * UNIT) return { ...ZERO, exponent: -6176 };
  const { mantissa, power } = expParts(value);
  return fromFixed(mantissa, power);
}

export function exponential(value: Decimal): Decimal {
  if (value.form === 'nan') return value;
  if (value.form === 'infinity') return value.negative ? ZERO : value;
  if (digitCount(value.coefficient) + value.exponent > 6)
    return value.negative ? { ...ZERO, exponent: -6176 } : infinity(false);
  return isZero(value) ? ONE : expOfFixed(toFixed(value));
}

function wholeValue(value: Decimal): bigint | null {
  if (digitCount(value.coefficient) + value.exponent > 9) return null;
  if (value.exponent >= 0) return value.coefficient * pow10(value.exponent) * (value.negative ? -1n : 1n);
  const unit = pow10(-value.exponent);
  return value.coefficient % unit === 0n ? (value.coefficient / unit) * (value.negative ? -1n : 1n) : null;
}

export function power(base: Decimal, exponent: Decimal): Decimal {
  if (base.form === 'nan' || exponent.form === 'nan') return NAN;
  if (isZero(exponent)) return ONE;
  const whole = exponent.form === 'finite' ? wholeValue(exponent) : null;
  if (whole !== null && base.form === 'finite') {
    const raised = raise(base, whole < 0n ? -whole : whole);
    return whole < 0n ? divideDecimals(ONE, raised) : raised;
  }
  if (isZero(base)) return exponent.negative ? infinity(false) : ZERO;
  if (base.negative) return NAN;
  if (base.form === 'infinity') return exponent.negative ? ZERO : base;
  if (exponent.form === 'infinity') {
    const above = base.exponent + digitCount(base.coefficient) > 0 && naturalLogarithm(base).negative === false;
    return above === !exponent.negative ? infinity(false) : ZERO;
  }
  return expOfFixed(multiply(toFixed(exponent), fixedLn(base)));
}

/** By squaring on wider numbers than are kept, so that the roundings on the way do not show. */
function raise(base: Decimal, times: bigint): Decimal {
  const wide = (value: Decimal): Decimal => {
    const drop = digitCount(value.coefficient) - DIGITS;
    return drop <= 0
      ? value
      : { ...value, coefficient: value.coefficient / pow10(drop), exponent: value.exponent + drop };
  };
  const product = (a: Decimal, b: Decimal): Decimal =>
    wide({
      form: 'finite',
      negative: a.negative !== b.negative,
      coefficient: a.coefficient * b.coefficient,
      exponent: a.exponent + b.exponent,
    });
  let result = ONE;
  let square = base;
  for (let rest = times; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = product(result, square);
    // Beyond the range of decimals for good; one more factor settles it.
    if (Math.abs(square.exponent) > 20_000 && rest > 1n && square.coefficient !== 0n) {
      return square.exponent > 0 ? infinity(result.negative) : { ...ZERO, exponent: -6176 };
    }
    square = product(square, square);
  }
  return roundToPrecision(result, PRECISION);
}

/** Euler's series, for |z| up to 1; halving the angle first makes it converge fast. */
function fixedAtan(z: bigint): bigint {
  let value = z;
  let doublings = 1n;
  for (; value > UNIT / 10n || value < -UNIT / 10n; doublings *= 2n) {
    value = divide(value, UNIT + fixedSqrt(UNIT + multiply(value, value)));
  }
  const square = multiply(value, value);
  let term = value;
  let sum = 0n;
  for (let odd = 1n; term !== 0n; odd += 2n) {
    sum += term / odd;
    term = -multiply(term, square);
  }
  return sum * doublings;
}

function fixedSqrt(value: bigint): bigint {
  return integerSquareRoot(value * UNIT);
}

const PI = 4n * fixedAtan(UNIT);
export const DECIMAL_PI = fromFixed(PI);

/** Sine and cosine by Taylor's series after reducing the angle to a turn; NaN beyond 10^30, where the turn is lost. */
function sineAndCosine(value: Decimal): { sine: bigint; cosine: bigint } | null {
  if (value.form !== 'finite' || digitCount(value.coefficient) + value.exponent > 30) return null;
  const angle = toFixed(value) % (2n * PI);
  let sine = 0n;
  let cosine = 0n;
  let term = UNIT;
  for (let at = 0n; term !== 0n; at += 1n) {
    if (at > 0n) term = multiply(term, angle) / at;
    const quarter = at % 4n;
    if (quarter === 0n) cosine += term;
    else if (quarter === 1n) sine += term;
    else if (quarter === 2n) cosine -= term;
    else sine -= term;
  }
  return { sine, cosine };
}

export function sine(value: Decimal): Decimal {
  const both = sineAndCosine(value);
  return both === null ? NAN : fromFixed(both.sine);
}

export function cosine(value: Decimal): Decimal {
  const both = sineAndCosine(value);
  return both === null ? NAN : fromFixed(both.cosine);
}

export function tangent(value: Decimal): Decimal {
  const both = sineAndCosine(value);
  return both === null ? NAN : fromFixed(divide(both.sine, both.cosine));
}

export function arcTangent(value: Decimal): Decimal {
  if (value.form === 'nan') return value;
  const half = PI / 2n;
  if (value.form === 'infinity') return fromFixed(value.negative ? -half : half);
  const lead = digitCount(value.coefficient) + value.exponent;
  if (lead < -DIGITS / 2) return value;
  if (lead <= 0) return fromFixed(fixedAtan(toFixed(value)));
  const inverse = fixedAtan(toFixed(divideDecimals(ONE, value)));
  return fromFixed((value.negative ? -half : half) - inverse);
}

export function arcTangent2(y: Decimal, x: Decimal): Decimal {
  if (y.form === 'nan' || x.form === 'nan') return NAN;
  if (isZero(x)) return isZero(y) ? ZERO : fromFixed(y.negative ? -PI / 2n : PI / 2n);
  const angle = arcTangent(divideDecimals(y, x));
  if (!x.negative) return angle;
  return y.negative ? subtractDecimals(angle, DECIMAL_PI) : addDecimals(angle, DECIMAL_PI);
}

/** The arc sine of a fixed-point number between -1 and 1. */
function fixedArcSine(value: bigint): bigint {
  const root = fixedSqrt(UNIT - multiply(value, value));
  const magnitude = value < 0n ? -value : value;
  if (root >= magnitude) return fixedAtan(divide(value, root));
  const rest = fixedAtan(divide(root, magnitude));
  return value < 0n ? rest - PI / 2n : PI / 2n - rest;
}

/** Where the first term of the series is all that 34 digits show. */
function isTiny(value: Decimal): boolean {
  return digitCount(value.coefficient) + value.exponent < -20;
}

function exceedsOne(value: Decimal): boolean {
  if (value.form !== 'finite' || digitCount(value.coefficient) + value.exponent > 1) return true;
  const fixed = toFixed(value);
  return fixed > UNIT || fixed < -UNIT;
}

export function arcSine(value: Decimal): Decimal {
  if (exceedsOne(value)) return NAN;
  return isTiny(value) ? value : fromFixed(fixedArcSine(toFixed(value)));
}

export function arcCosine(value: Decimal): Decimal {
  return exceedsOne(value) ? NAN : fromFixed(PI / 2n - fixedArcSine(toFixed(value)));
}

/** e^x and e^-x in fixed point, where both have digits to show; null beyond. */
function bothExponentials(value: Decimal): { up: bigint; down: bigint } | null {
  if (value.form !== 'finite' || digitCount(value.coefficient) + value.exponent > 2) return null;
  const { mantissa, power } = expParts(toFixed({ ...value, negative: false }));
  const large = mantissa * pow10(power);
  const small = divide(UNIT, large);
  return value.negative ? { up: small, down: large } : { up: large, down: small };
}

/** Half of e^|x|, which is all of both hyperbolic functions where e^-|x| is too small to show. */
function halfExponential(value: Decimal): Decimal {
  return divideDecimals(exponential({ ...value, negative: false }), TWO);
}

export function hyperbolicSine(value: Decimal): Decimal {
  if (value.form === 'nan' || isTiny(value)) return value;
  const both = bothExponentials(value);
  if (both !== null) return fromFixed((both.up - both.down) / 2n);
  return value.negative ? negate(halfExponential(value)) : halfExponential(value);
}

export function hyperbolicCosine(value: Decimal): Decimal {
  if (value.form === 'nan') return value;
  const both = bothExponentials(value);
  return both === null ? halfExponential(value) : fromFixed((both.up + both.down) / 2n);
}

export function hyperbolicTangent(value: Decimal): Decimal {
  if (value.form === 'nan' || isTiny(value)) return value;
  const both = bothExponentials(value);
  if (both === null) return value.negative ? negate(ONE) : ONE;
  return fromFixed(divide(both.up - both.down, both.up + both.down));
}

function lnOfFixed(value: bigint): bigint {
  return fixedLn({ ...ZERO, coefficient: value, exponent: -DIGITS });
}

/** Beyond this the one under the root has no digit to show, and ln(2|x|) is the result. */
const LARGE = 40;

function isLarge(value: Decimal): boolean {
  return digitCount(value.coefficient) + value.exponent > LARGE;
}

function lnOfTwice(value: Decimal): Decimal {
  return fromFixed(fixedLn({ ...value, negative: false }) + LN_2);
}

export function inverseHyperbolicSine(value: Decimal): Decimal {
  if (value.form !== 'finite' || isTiny(value)) return value;
  const fixed = toFixed({ ...value, negative: false });
  const result = isLarge(value)
    ? lnOfTwice(value)
    : fromFixed(lnOfFixed(fixed + fixedSqrt(multiply(fixed, fixed) + UNIT)));
  return value.negative ? negate(result) : result;
}

export function inverseHyperbolicCosine(value: Decimal): Decimal {
  if (value.form !== 'finite') return value.negative ? NAN : value;
  if (isLarge(value)) return value.negative ? NAN : lnOfTwice(value);
  const fixed = toFixed(value);
  return fixed < UNIT ? NAN : fromFixed(lnOfFixed(fixed + fixedSqrt(multiply(fixed, fixed) - UNIT)));
}

export function inverseHyperbolicTangent(value: Decimal): Decimal {
  if (exceedsOne(value)) return NAN;
  if (isTiny(value)) return value;
  const fixed = toFixed(value);
  if (fixed === UNIT || fixed === -UNIT) return infinity(value.negative);
  return fromFixed((lnOfFixed(UNIT + fixed) - lnOfFixed(UNIT - fixed)) / 2n);
}

import { Double } from 'bson';
import { locationError } from '../errors';
import { multiplyNumbers, widest } from '../value/arithmetic';
import { type Decimal, decimal128Of, integerDecimal } from '../value/decimal';
import * as decimals from '../value/decimal-functions';
import { divideDecimals, multiplyDecimals, squareRoot } from '../value/decimal-math';
import { isNullish, isNumber } from '../value/kind';
import {
  bigIntOrLong,
  DECIMAL,
  DOUBLE,
  fitsLong,
  INT,
  longOrDouble,
  numericType,
  toBigInt,
  toDecimal,
  toNumber,
} from '../value/numeric';
import { typeName } from '../value/type-name';
import { binary, unaryOrNull } from './arguments';
import { numericOnly } from './arithmetic';
import type { OperatorCompiler, OperatorTable } from './scope';

/** Powers, roots, logarithms and trigonometry: doubles, or decimals for decimal operands. */

interface Domain {
  readonly allows: (value: number) => boolean;
  readonly code: number;
  readonly message: (value: number) => string;
}

function real(
  ofDouble: (value: number) => number,
  ofDecimal: (value: Decimal) => Decimal,
  domain?: Domain,
): OperatorCompiler {
  return unaryOrNull((value, name) => {
    if (!isNumber(value)) throw numericOnly(name, value);
    const number = toNumber(value);
    if (domain !== undefined && !Number.isNaN(number) && !domain.allows(number)) {
      throw locationError(domain.code, domain.message(number));
    }
    return numericType(value) === DECIMAL ? decimal128Of(ofDecimal(toDecimal(value))) : new Double(ofDouble(number));
  });
}

function within(name: string, low: number, high: number, code: number, brackets = '[]'): Domain {
  const [open, close] = brackets;
  const allows = (value: number): boolean =>
    (open === '[' ? value >= low : value > low) && (close === ']' ? value <= high : value < high);
  const text = (limit: number): string => (Number.isFinite(limit) ? String(limit) : limit < 0 ? '-inf' : 'inf');
  return {
    allows,
    code,
    message: (value) =>
      `cannot apply ${name} to ${text(value)}, value must be in ${open}${text(low)},${text(high)}${close}`,
  };
}

const finite = (name: string): Domain => within(name, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 50989, '()');

const positive = (name: string, code: number): Domain => ({
  allows: (value) => value > 0,
  code,
  message: (value) => `${name}'s argument must be a positive number, but is ${value}`,
});

const HALF_TURN = integerDecimal(180n);

function pow(base: unknown, exponent: unknown): unknown {
  if (isNullish(base) || isNullish(exponent)) return null;
  if (!isNumber(base)) throw locationError(28762, `$pow's base must be numeric, not ${typeName(base)}`);
  if (!isNumber(exponent)) throw locationError(28763, `$pow's exponent must be numeric, not ${typeName(exponent)}`);
  if (toNumber(base) === 0 && toNumber(exponent) < 0) {
    throw locationError(28764, '$pow cannot take a base of 0 and a negative exponent');
  }
  const type = widest(base, exponent);
  if (type === DECIMAL) return decimal128Of(decimals.power(toDecimal(base), toDecimal(exponent)));
  const rough = toNumber(base) ** toNumber(exponent);
  if (type === DOUBLE || toNumber(exponent) < 0) return wholePower(base, exponent, type) ?? new Double(rough);
  if (Math.abs(rough) > 2 ** 64) return new Double(rough);
  const exact = toBigInt(base) ** toBigInt(exponent);
  if (!fitsLong(exact)) return new Double(rough);
  return type === INT ? bigIntOrLong(exact) : longOrDouble(exact);
}

/** Negative powers of 1 and -1 are whole as well. */
function wholePower(base: unknown, exponent: unknown, type: number): unknown {
  if (type === DOUBLE || Math.abs(toNumber(base)) !== 1) return undefined;
  const odd = toBigInt(exponent) % 2n !== 0n;
  return odd ? base : multiplyNumbers(base, base);
}

function logarithm(value: unknown, base: unknown): unknown {
  if (isNullish(value) || isNullish(base)) return null;
  if (!isNumber(value)) throw locationError(28756, `$log's argument must be numeric, not ${typeName(value)}`);
  if (!isNumber(base)) throw locationError(28757, `$log's base must be numeric, not ${typeName(base)}`);
  if (toNumber(value) <= 0) {
    throw locationError(28758, `$log's argument must be a positive number, but is ${toNumber(value)}`);
  }
  if (toNumber(base) <= 0 || toNumber(base) === 1) {
    throw locationError(28759, `$log's base must be a positive number not equal to 1, but is ${toNumber(base)}`);
  }
  if (widest(value, base) === DECIMAL) {
    const [left, right] = [decimals.naturalLogarithm(toDecimal(value)), decimals.naturalLogarithm(toDecimal(base))];
    return decimal128Of(divideDecimals(left, right));
  }
  return new Double(Math.log(toNumber(value)) / Math.log(toNumber(base)));
}

const arcTangent2 = binary((y, x) => {
  if (isNullish(y) || isNullish(x)) return null;
  if (!isNumber(y)) throw numericOnly('$atan2', y);
  if (!isNumber(x)) throw numericOnly('$atan2', x);
  if (widest(y, x) === DECIMAL) return decimal128Of(decimals.arcTangent2(toDecimal(y), toDecimal(x)));
  return new Double(Math.atan2(toNumber(y), toNumber(x)));
});

const toRadians = (value: Decimal): Decimal => divideDecimals(multiplyDecimals(value, decimals.DECIMAL_PI), HALF_TURN);
const toDegrees = (value: Decimal): Decimal => divideDecimals(multiplyDecimals(value, HALF_TURN), decimals.DECIMAL_PI);
const INFINITY = Number.POSITIVE_INFINITY;

export const FUNCTION_OPERATORS: OperatorTable = new Map<string, OperatorCompiler>([
  ['$pow', binary(pow)],
  ['$log', binary(logarithm)],
  ['$exp', real(Math.exp, decimals.exponential)],
  ['$ln', real(Math.log, decimals.naturalLogarithm, positive('$ln', 28766))],
  ['$log10', real(Math.log10, decimals.decimalLogarithm, positive('$log10', 28761))],
  [
    '$sqrt',
    real(Math.sqrt, squareRoot, {
      allows: (value) => value >= 0,
      code: 28714,
      message: () => "$sqrt's argument must be greater than or equal to 0",
    }),
  ],
  ['$sin', real(Math.sin, decimals.sine, finite('$sin'))],
  ['$cos', real(Math.cos, decimals.cosine, finite('$cos'))],
  ['$tan', real(Math.tan, decimals.tangent, finite('$tan'))],
  ['$asin', real(Math.asin, decimals.arcSine, within('$asin', -1, 1, 50989))],
  ['$acos', real(Math.acos, decimals.arcCosine, within('$acos', -1, 1, 50989))],
  ['$atan', real(Math.atan, decimals.arcTangent)],
  ['$atan2', arcTangent2],
  ['$sinh', real(Math.sinh, decimals.hyperbolicSine)],
  ['$cosh', real(Math.cosh, decimals.hyperbolicCosine)],
  ['$tanh', real(Math.tanh, decimals.hyperbolicTangent)],
  ['$asinh', real(Math.asinh, decimals.inverseHyperbolicSine)],
  ['$acosh', real(Math.acosh, decimals.inverseHyperbolicCosine, within('$acosh', 1, INFINITY, 50989))],
  ['$atanh', real(Math.atanh, decimals.inverseHyperbolicTangent, within('$atanh', -1, 1, 50989))],
  ['$degreesToRadians', real((value) => (value * Math.PI) / 180, toRadians)],
  ['$radiansToDegrees', real((value) => (value * 180) / Math.PI, toDegrees)],
]);

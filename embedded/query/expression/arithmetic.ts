import { Double, Int32, Long } from 'bson';
import { badValue, locationError, typeMismatch } from '../errors';
import { multiplyNumbers, subtractNumbers, widest } from '../value/arithmetic';
import { dateAt } from '../value/date';
import { decimal128Of, decimalToNumber, exactDouble } from '../value/decimal';
import { divideDecimals, quantize, type RoundingMode, remainderDecimals } from '../value/decimal-math';
import { isNullish, isNumber } from '../value/kind';
import {
  asInteger,
  bigIntOrLong,
  DECIMAL,
  DOUBLE,
  fitsLong,
  INT,
  LONG,
  longOrDouble,
  numericType,
  toBigInt,
  toDecimal,
  toNumber,
} from '../value/numeric';
import { Sum } from '../value/sum';
import { typeName } from '../value/type-name';
import { binary, unaryOrNull, variadic } from './arguments';
import type { OperatorCompiler, OperatorTable } from './scope';

/** Sums, products, quotients and rounding; results take the wider operand's type. */

function add(values: readonly unknown[]): unknown {
  const total = new Sum();
  let date: Date | null = null;
  for (const value of values) {
    if (isNullish(value)) return null;
    if (value instanceof Date) {
      if (date !== null) throw locationError(16612, 'only one date allowed in an $add expression');
      date = value;
    } else if (isNumber(value)) total.add(value);
    else throw typeMismatch(`$add only supports numeric or date types, not ${typeName(value)}`);
  }
  return date === null ? total.result() : dateAt(date.getTime() + Math.round(toNumber(total.result())));
}

function subtract(a: unknown, b: unknown): unknown {
  if (isNullish(a) || isNullish(b)) return null;
  if (isNumber(a) && isNumber(b)) return subtractNumbers(a, b) ?? new Double(toNumber(a) - toNumber(b));
  if (a instanceof Date && b instanceof Date) return Long.fromNumber(a.getTime() - b.getTime());
  if (a instanceof Date && isNumber(b)) return dateAt(a.getTime() - Math.round(toNumber(b)));
  throw typeMismatch(`can't $subtract ${typeName(b)} from ${typeName(a)}`);
}

function multiply(values: readonly unknown[]): unknown {
  let product: unknown = new Int32(1);
  for (const value of values) {
    if (isNullish(value)) return null;
    if (!isNumber(value)) throw typeMismatch(`$multiply only supports numeric types, not ${typeName(value)}`);
    product = multiplyNumbers(product, value) ?? new Double(toNumber(product) * toNumber(value));
  }
  return product;
}

function divide(a: unknown, b: unknown): unknown {
  if (isNullish(a) || isNullish(b)) return null;
  if (!isNumber(a) || !isNumber(b)) {
    throw typeMismatch(`$divide only supports numeric types, not ${typeName(a)} and ${typeName(b)}`);
  }
  if (toNumber(b) === 0) throw badValue("can't $divide by zero");
  if (widest(a, b) === DECIMAL) return decimal128Of(divideDecimals(toDecimal(a), toDecimal(b)));
  return new Double(toNumber(a) / toNumber(b));
}

function modulo(a: unknown, b: unknown): unknown {
  if (isNullish(a) || isNullish(b)) return null;
  if (!isNumber(a) || !isNumber(b)) {
    throw locationError(16611, `$mod only supports numeric types, not ${typeName(a)} and ${typeName(b)}`);
  }
  if (toNumber(b) === 0) throw locationError(16610, "can't $mod by zero");
  if (widest(a, b) === DECIMAL) return decimal128Of(remainderDecimals(toDecimal(a), toDecimal(b)));
  const wholeDivisor = asInteger(b);
  // A double divisor that is whole leaves the type of the dividend alone.
  if (numericType(a) === DOUBLE || wholeDivisor === null) return new Double(toNumber(a) % toNumber(b));
  const divisor = numericType(b) === DOUBLE ? BigInt(wholeDivisor) : toBigInt(b);
  const rest = toBigInt(a) % divisor;
  return numericType(a) === LONG || numericType(b) === LONG ? Long.fromBigInt(rest) : new Int32(Number(rest));
}

function absolute(value: unknown, name: string): unknown {
  switch (numericType(value)) {
    case DECIMAL:
      return decimal128Of({ ...toDecimal(value), negative: false });
    case DOUBLE:
      return new Double(Math.abs(toNumber(value)));
    case INT:
      return bigIntOrLong(BigInt(Math.abs(toNumber(value))));
    case LONG: {
      const whole = toBigInt(value);
      if (!fitsLong(-whole)) throw locationError(28680, "can't take $abs of long long min");
      return Long.fromBigInt(whole < 0n ? -whole : whole);
    }
    default:
      throw numericOnly(name, value);
  }
}

export function numericOnly(name: string, value: unknown) {
  return locationError(28765, `${name} only supports numeric types, not ${typeName(value)}`);
}

function whole(mode: 'floor' | 'ceiling'): OperatorCompiler {
  return unaryOrNull((value, name) => {
    const type = numericType(value);
    if (type === 0) throw numericOnly(name, value);
    if (type === DECIMAL) return decimal128Of(quantize(toDecimal(value), 0, mode));
    if (type !== DOUBLE) return value;
    return new Double(mode === 'floor' ? Math.floor(toNumber(value)) : Math.ceil(toNumber(value)));
  });
}

function rounding(mode: RoundingMode): OperatorCompiler {
  return variadic(
    ([value, place = new Int32(0)], name) => {
      if (isNullish(value) || place === null) return null;
      const type = numericType(value);
      if (type === 0) throw locationError(51081, `${name} only supports numeric types, not ${typeName(value)}`);
      const places = asInteger(place);
      if (places === null)
        throw locationError(51082, 'precision argument to $round or $trunc must be an integral value');
      if (places < -20 || places > 100) {
        throw locationError(51083, `cannot apply ${name} with precision value ${places} value must be in [-20, 100]`);
      }
      return rounded(value, type, places, mode);
    },
    1,
    2,
  );
}

function rounded(value: unknown, type: number, places: number, mode: RoundingMode): unknown {
  if (type === DECIMAL) return decimal128Of(quantize(toDecimal(value), places, mode));
  if (type === DOUBLE) {
    const number = toNumber(value);
    return Number.isFinite(number) ? new Double(decimalToNumber(quantize(exactDouble(number), places, mode))) : value;
  }
  if (places >= 0) return value;
  const { negative, coefficient, exponent } = quantize(toDecimal(value), places, mode);
  const magnitude = coefficient * 10n ** BigInt(exponent);
  const result = negative ? -magnitude : magnitude;
  return type === INT ? bigIntOrLong(result) : longOrDouble(result);
}

function bitwise(name: string, start: bigint, combine: (a: bigint, b: bigint) => bigint): [string, OperatorCompiler] {
  return [
    name,
    variadic((values) => {
      let long = false;
      let result = start;
      for (const value of values) {
        if (isNullish(value)) return null;
        const type = numericType(value);
        if (type !== INT && type !== LONG) throw typeMismatch(`${name} only supports int and long operands.`);
        long ||= type === LONG;
        result = combine(result, toBigInt(value));
      }
      return long ? Long.fromBigInt(BigInt.asIntN(64, result)) : new Int32(Number(BigInt.asIntN(32, result)));
    }),
  ];
}

const bitNot = unaryOrNull((value) => {
  const type = numericType(value);
  if (type === INT) return new Int32(~toNumber(value));
  if (type === LONG) return Long.fromBigInt(~toBigInt(value));
  throw typeMismatch(`$bitNot only supports int and long, not: ${typeName(value)}.`);
});

export const ARITHMETIC_OPERATORS: OperatorTable = new Map<string, OperatorCompiler>([
  ['$add', variadic(add)],
  ['$subtract', binary(subtract)],
  ['$multiply', variadic(multiply)],
  ['$divide', binary(divide)],
  ['$mod', binary(modulo)],
  ['$abs', unaryOrNull(absolute)],
  ['$ceil', whole('ceiling')],
  ['$floor', whole('floor')],
  ['$round', rounding('half-even')],
  ['$trunc', rounding('down')],
  bitwise('$bitAnd', -1n, (a, b) => a & b),
  bitwise('$bitOr', 0n, (a, b) => a | b),
  bitwise('$bitXor', 0n, (a, b) => a ^ b),
  ['$bitNot', bitNot],
]);

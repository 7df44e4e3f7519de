import { Binary, Decimal128, Double, Int32, Long, ObjectId } from 'bson';
import { conversionFailure, failedToParse, QueryError } from '../errors';
import { typeNamesOf } from '../filter/type-test';
import { binaryBytes } from '../value/compare';
import { dateAt } from '../value/date';
import { decimal128Of } from '../value/decimal';
import { fieldsOf, isNullish, isNumber, isObject, Kind, kindOf, textOf } from '../value/kind';
import { DECIMAL, fitsInt, fitsLong, INT, LONG, numericType, toBigInt, toDecimal, toNumber } from '../value/numeric';
import { isTruthy } from '../value/truth';
import { typeName } from '../value/type-name';
import { unary } from './arguments';
import { dateOf } from './date';
import { formatDate, parseDate } from './date-format';
import { numberText } from './number-text';
import type { OperatorCompiler, OperatorTable } from './scope';
import { timezone } from './timezone';

/** Type expressions: `$convert`, the `$to…` shorthands, `$type`, `$isNumber`. */

type Conversion = (value: unknown) => unknown;

function unsupported(value: unknown, target: string): QueryError {
  return conversionFailure(
    `Unsupported conversion from ${typeName(value)} to ${target} in $convert with no onError value`,
  );
}

function parseFailure(text: string, reason: string): QueryError {
  return conversionFailure(`Failed to parse number '${text}' in $convert with no onError value: ${reason}`);
}

function overflow(value: unknown): QueryError {
  return conversionFailure(
    `Conversion would overflow target type in $convert with no onError value: ${numberText(value)}`,
  );
}

function wholeOf(value: unknown): bigint {
  const type = numericType(value);
  if (type === INT || type === LONG) return toBigInt(value);
  const number = toNumber(value);
  if (Number.isNaN(number))
    throw conversionFailure('Attempt to convert NaN value to integer type in $convert with no onError value');
  if (!Number.isFinite(number))
    throw conversionFailure('Attempt to convert infinity value to integer type in $convert with no onError value');
  if (type !== DECIMAL) return BigInt(Math.trunc(number));
  const { coefficient, exponent, negative } = toDecimal(value);
  if (exponent > 40) throw overflow(value);
  const magnitude = exponent >= 0 ? coefficient * 10n ** BigInt(exponent) : coefficient / 10n ** BigInt(-exponent);
  return negative ? -magnitude : magnitude;
}

function integerFromText(text: string): bigint {
  if (!/^[+-]?\d+$/.test(text)) throw parseFailure(text, 'Did not consume whole string.');
  return BigInt(text.replace(/^\+/, ''));
}

const toInt: Conversion = (value) => {
  if (typeof value === 'boolean') return new Int32(value ? 1 : 0);
  const whole =
    kindOf(value) === Kind.String ? integerFromText(textOf(value)) : isNumber(value) ? wholeOf(value) : null;
  if (whole === null) throw unsupported(value, 'int');
  if (!fitsInt(Number(whole)))
    throw kindOf(value) === Kind.String ? parseFailure(textOf(value), 'Overflow') : overflow(value);
  return new Int32(Number(whole));
};

const toLong: Conversion = (value) => {
  if (typeof value === 'boolean') return Long.fromNumber(value ? 1 : 0);
  if (value instanceof Date) return Long.fromNumber(value.getTime());
  const whole =
    kindOf(value) === Kind.String ? integerFromText(textOf(value)) : isNumber(value) ? wholeOf(value) : null;
  if (whole === null) throw unsupported(value, 'long');
  if (!fitsLong(whole)) throw kindOf(value) === Kind.String ? parseFailure(textOf(value), 'Overflow') : overflow(value);
  return Long.fromBigInt(whole);
};

const toDouble: Conversion = (value) => {
  if (typeof value === 'boolean') return new Double(value ? 1 : 0);
  if (value instanceof Date) return new Double(value.getTime());
  if (kindOf(value) === Kind.String) return new Double(doubleFromText(textOf(value)));
  if (!isNumber(value)) throw unsupported(value, 'double');
  const number = toNumber(value);
  if (numericType(value) === DECIMAL && !Number.isFinite(number) && toDecimal(value).form === 'finite')
    throw overflow(value);
  return new Double(number);
};

function doubleFromText(text: string): number {
  if (/^[+-]?(?:inf|infinity)$/i.test(text))
    return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text))
    throw parseFailure(text, 'Did not consume whole string.');
  const number = Number(text);
  if (!Number.isFinite(number)) throw parseFailure(text, 'Out of range');
  return number;
}

const toDecimal128: Conversion = (value) => {
  if (typeof value === 'boolean') return Decimal128.fromString(value ? '1' : '0');
  if (value instanceof Date) return Decimal128.fromString(String(value.getTime()));
  if (isNumber(value)) return numericType(value) === DECIMAL ? (value as Decimal128) : decimal128Of(toDecimal(value));
  if (kindOf(value) !== Kind.String) throw unsupported(value, 'decimal');
  try {
    return Decimal128.fromStringWithRounding(textOf(value));
  } catch {
    throw parseFailure(textOf(value), 'Failed to parse string to decimal');
  }
};

const toText: Conversion = (value) => {
  switch (kindOf(value)) {
    case Kind.String:
      return textOf(value);
    case Kind.Boolean:
      return value === true ? 'true' : 'false';
    case Kind.Number:
      return numberText(value);
    case Kind.Date:
      return formatDate(value as Date, '%Y-%m-%dT%H:%M:%S.%LZ', timezone('UTC'));
    case Kind.ObjectId:
      return (value as ObjectId).toHexString();
    case Kind.Binary: {
      const bytes = binaryBytes(value as Binary);
      return value instanceof Binary && value.sub_type === Binary.SUBTYPE_UUID
        ? value.toUUID().toHexString(true)
        : Buffer.from(bytes).toString('base64');
    }
    default:
      throw unsupported(value, 'string');
  }
};

const toDate: Conversion = (value) => {
  if (isNumber(value) && numericType(value) !== INT) {
    const whole = wholeOf(value);
    if (!fitsLong(whole)) throw overflow(value);
    return dateAt(Number(whole));
  }
  if (kindOf(value) === Kind.String) {
    const { wall, offset } = parseDate(textOf(value));
    return dateAt(wall - (offset ?? 0));
  }
  const kind = kindOf(value);
  if (kind === Kind.Date || kind === Kind.Timestamp || kind === Kind.ObjectId) return dateOf(value);
  throw unsupported(value, 'date');
};

const toObjectId: Conversion = (value) => {
  if (kindOf(value) === Kind.ObjectId) return value;
  if (kindOf(value) !== Kind.String) throw unsupported(value, 'objectId');
  const text = textOf(value);
  if (!/^[0-9a-fA-F]{24}$/.test(text)) {
    throw conversionFailure(
      `Failed to parse objectId '${text}' in $convert with no onError value: Invalid string length for parsing to OID, expected 24 but found ${text.length}`,
    );
  }
  return new ObjectId(text);
};

const toBool: Conversion = (value) => isTruthy(value);

const CONVERSIONS: ReadonlyMap<string, Conversion> = new Map([
  ['double', toDouble],
  ['string', toText],
  ['objectId', toObjectId],
  ['bool', toBool],
  ['date', toDate],
  ['int', toInt],
  ['long', toLong],
  ['decimal', toDecimal128],
]);

function conversionTo(target: unknown): Conversion {
  const name = isObject(target) ? fieldsOf(target)['type'] : target;
  if (typeof name !== 'string' && numericType(name) === 0) {
    throw failedToParse(`$convert's 'to' argument must be a string or number, but is ${typeName(name)}`);
  }
  const [alias] = typeNamesOf(name);
  const conversion = alias === undefined ? undefined : CONVERSIONS.get(alias);
  if (conversion !== undefined) return conversion;
  return (value) => {
    throw unsupported(value, alias ?? String(name));
  };
}

function shorthand(conversion: Conversion): OperatorCompiler {
  return unary((value) => (isNullish(value) ? null : conversion(value)));
}

const convert: OperatorCompiler = (argument, scope) => {
  if (!isObject(argument))
    throw failedToParse(`$convert expects an object of named arguments but found: ${typeName(argument)}`);
  const { input, to, onError, onNull, format: _format, ...rest } = fieldsOf(argument);
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw failedToParse(`$convert found an unknown argument: ${unknown}`);
  if (!('input' in argument)) throw failedToParse("Missing 'input' parameter to $convert");
  if (!('to' in argument)) throw failedToParse("Missing 'to' parameter to $convert");
  const [read, target] = [scope.compile(input), scope.compile(to)];
  const whenError = 'onError' in argument ? scope.compile(onError) : null;
  const whenNull = 'onNull' in argument ? scope.compile(onNull) : null;
  return (env) => {
    const value = read(env);
    const type = target(env);
    if (isNullish(value)) return whenNull === null ? null : whenNull(env);
    if (isNullish(type)) return null;
    const conversion = conversionTo(type);
    try {
      return conversion(value);
    } catch (error) {
      if (whenError === null || !(error instanceof QueryError)) throw error;
      return whenError(env);
    }
  };
};

export const CONVERSION_OPERATORS: OperatorTable = new Map<string, OperatorCompiler>([
  ['$convert', convert],
  ['$toInt', shorthand(toInt)],
  ['$toLong', shorthand(toLong)],
  ['$toDouble', shorthand(toDouble)],
  ['$toDecimal', shorthand(toDecimal128)],
  ['$toString', shorthand(toText)],
  ['$toDate', shorthand(toDate)],
  ['$toBool', shorthand(toBool)],
  ['$toObjectId', shorthand(toObjectId)],
  ['$type', unary((value) => typeName(value))],
  ['$isNumber', unary((value) => isNumber(value))],
]);

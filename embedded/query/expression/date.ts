import { Int32, Long, type ObjectId, type Timestamp } from 'bson';
import { failedToParse, locationError, QueryError } from '../errors';
import { dateAt } from '../value/date';
import { bsonTag, fieldsOf, isNullish, isObject } from '../value/kind';
import { asInteger } from '../value/numeric';
import { typeName } from '../value/type-name';
import { argumentList } from './arguments';
import { formatDate, type ParsedDate, parseDate, parseDateByFormat } from './date-format';
import {
  addToDate,
  type DateUnit,
  dateUnit,
  dayOfYear,
  differenceOfDates,
  isoWeekOf,
  isoWeekStart,
  truncateDate,
  weekday,
  weekOfYear,
} from './date-math';
import type { Env, Evaluate, OperatorCompiler, OperatorTable, Scope } from './scope';
import { instantOf, type OffsetAt, timezone, utcInstant, wallClock } from './timezone';

/** Date expressions. */

/** A date, or the time inside a Timestamp or ObjectId. @throws QueryError 16006 for anything else */
export function dateOf(value: unknown): Date {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? dateAt(Number.NaN) : value;
  const tag = typeof value === 'object' && value !== null ? bsonTag(value) : undefined;
  if (tag === 'Timestamp') return new Date((value as Timestamp).t * 1000);
  if (tag === 'ObjectId') return (value as ObjectId).getTimestamp();
  throw locationError(16006, `can't convert from BSON type ${typeName(value)} to Date`);
}

type Named = Readonly<Record<string, Evaluate>>;

/** Compiles the named arguments of an operator that takes a document. */
function named(
  argument: unknown,
  scope: Scope,
  operator: string,
  allowed: readonly string[],
  needed: readonly string[],
): Named {
  if (!isObject(argument)) {
    throw locationError(40518, `${operator} only supports an object as its argument, found: ${typeName(argument)}`);
  }
  const fields = fieldsOf(argument);
  for (const name of Object.keys(fields)) {
    if (!allowed.includes(name)) throw locationError(40518, `Unrecognized argument to ${operator}: ${name}`);
  }
  for (const name of needed) {
    if (!(name in fields)) throw locationError(40522, `Missing '${name}' parameter to ${operator}`);
  }
  return Object.fromEntries(Object.keys(fields).map((name) => [name, scope.compile(fields[name])]));
}

/** The zone of the operator's `timezone`, UTC by default; null where it evaluates to null. */
function zoneName(parts: Named, env: Env, operator: string): string | null {
  if (parts['timezone'] === undefined) return 'UTC';
  const name = parts['timezone'](env);
  if (isNullish(name)) return null;
  if (typeof name === 'string') return name;
  throw locationError(40517, `${operator} timezone must evaluate to a string, found ${typeName(name)}`);
}

function reading(
  read: (wall: Date) => number,
  wrap: (value: number) => unknown = (value) => new Int32(value),
): OperatorCompiler {
  return (argument, scope, operator) => {
    const parts = datePart(argument, scope, operator);
    return (env) => {
      const value = parts['date']?.(env);
      const zone = zoneName(parts, env, operator);
      if (isNullish(value) || zone === null) return null;
      return wrap(read(wallClock(dateOf(value).getTime(), timezone(zone))));
    };
  };
}

/** `{ $year: '$at' }`, `{ $year: ['$at'] }` or `{ $year: { date, timezone } }`. */
function datePart(argument: unknown, scope: Scope, operator: string): Named {
  if (isObject(argument) && 'date' in argument) return named(argument, scope, operator, ['date', 'timezone'], ['date']);
  const list = argumentList(argument);
  if (list.length !== 1)
    throw locationError(
      40536,
      `${operator} accepts exactly one argument if given an array, but was given ${list.length}`,
    );
  return { date: scope.compile(list[0]) };
}

const dateToString: OperatorCompiler = (argument, scope, operator) => {
  const parts = named(argument, scope, operator, ['date', 'format', 'timezone', 'onNull'], ['date']);
  return (env) => {
    const value = parts['date']?.(env);
    const zone = zoneName(parts, env, operator);
    if (isNullish(value)) return parts['onNull'] === undefined ? null : parts['onNull'](env);
    if (zone === null) return null;
    const plain = zone === 'UTC' || zone === 'GMT' || zone === 'Z';
    const format = parts['format'] === undefined ? `%Y-%m-%dT%H:%M:%S.%L${plain ? 'Z' : ''}` : parts['format'](env);
    if (isNullish(format)) return null;
    if (typeof format !== 'string')
      throw locationError(18533, `$dateToString requires that 'format' be a string, found: ${typeName(format)}`);
    return formatDate(dateOf(value), format, timezone(zone));
  };
};

const dateFromString: OperatorCompiler = (argument, scope, operator) => {
  const allowed = ['dateString', 'format', 'timezone', 'onError', 'onNull'];
  const parts = named(argument, scope, operator, allowed, ['dateString']);
  return (env) => {
    const text = parts['dateString']?.(env);
    if (isNullish(text)) return parts['onNull'] === undefined ? null : parts['onNull'](env);
    const zone = zoneName(parts, env, operator);
    const format = parts['format']?.(env);
    if (zone === null || (parts['format'] !== undefined && isNullish(format))) return null;
    try {
      if (typeof text !== 'string') {
        throw new QueryError(
          241,
          'ConversionFailure',
          `$dateFromString requires that 'dateString' be a string, found: ${typeName(text)}`,
        );
      }
      const parsed = typeof format === 'string' ? parseDateByFormat(text, format) : parseDate(text);
      return instantFrom(parsed, timezone(zone), parts['timezone'] !== undefined && zone !== 'UTC');
    } catch (error) {
      if (parts['onError'] === undefined || !(error instanceof QueryError) || error.code !== 241) throw error;
      return parts['onError'](env);
    }
  };
};

function instantFrom(parsed: ParsedDate, zone: OffsetAt, zoneGiven: boolean): Date {
  if (parsed.offset === null) return dateAt(instantOf(parsed.wall, zone));
  if (zoneGiven) {
    throw new QueryError(
      241,
      'ConversionFailure',
      'you cannot pass in a date/time string with GMT offset together with a timezone argument',
    );
  }
  return dateAt(parsed.wall - parsed.offset);
}

const dateToParts: OperatorCompiler = (argument, scope, operator) => {
  const parts = named(argument, scope, operator, ['date', 'timezone', 'iso8601'], ['date']);
  return (env) => {
    const value = parts['date']?.(env);
    const zone = zoneName(parts, env, operator);
    if (isNullish(value) || zone === null) return null;
    const wall = wallClock(dateOf(value).getTime(), timezone(zone));
    const time = {
      hour: new Int32(wall.getUTCHours()),
      minute: new Int32(wall.getUTCMinutes()),
      second: new Int32(wall.getUTCSeconds()),
      millisecond: new Int32(wall.getUTCMilliseconds()),
    };
    if (parts['iso8601']?.(env) === true) {
      const { year, week, day } = isoWeekOf(wall);
      return { isoWeekYear: new Int32(year), isoWeek: new Int32(week), isoDayOfWeek: new Int32(day), ...time };
    }
    return {
      year: new Int32(wall.getUTCFullYear()),
      month: new Int32(wall.getUTCMonth() + 1),
      day: new Int32(wall.getUTCDate()),
      ...time,
    };
  };
};

const TIME_PARTS = ['hour', 'minute', 'second', 'millisecond'];

const dateFromParts: OperatorCompiler = (argument, scope, operator) => {
  const allowed = ['year', 'month', 'day', 'isoWeekYear', 'isoWeek', 'isoDayOfWeek', ...TIME_PARTS, 'timezone'];
  const parts = named(argument, scope, operator, allowed, []);
  const iso = parts['isoWeekYear'] !== undefined;
  if (!iso && parts['year'] === undefined)
    throw locationError(40516, "$dateFromParts requires either 'year' or 'isoWeekYear' to be present");
  if (iso && (parts['year'] ?? parts['month'] ?? parts['day']) !== undefined) {
    throw locationError(40489, '$dateFromParts does not allow mixing natural dates with ISO dates');
  }
  return (env) => {
    const zone = zoneName(parts, env, operator);
    if (zone === null) return null;
    const values: number[] = [];
    const names = iso ? ['isoWeekYear', 'isoWeek', 'isoDayOfWeek'] : ['year', 'month', 'day'];
    for (const name of [...names, ...TIME_PARTS]) {
      const value = parts[name] === undefined ? new Int32(TIME_PARTS.includes(name) ? 0 : 1) : parts[name](env);
      if (isNullish(value)) return null;
      const whole = asInteger(value);
      if (whole === null) throw locationError(40515, `'${name}' must evaluate to an integer, found ${typeName(value)}`);
      values.push(whole);
    }
    const [a = 1, b = 1, c = 1, hour = 0, minute = 0, second = 0, millisecond = 0] = values;
    if (a < 1 || a > 9999)
      throw locationError(40523, `'${names[0]}' must evaluate to an integer in the range 1 to 9999, found ${a}`);
    const midnight = iso ? isoWeekStart(a, b, c) : utcInstant(a, b - 1, c, 0, 0, 0, 0);
    const wall = midnight + ((hour * 60 + minute) * 60 + second) * 1000 + millisecond;
    return dateAt(instantOf(wall, timezone(zone)));
  };
};

function adding(sign: 1 | -1): OperatorCompiler {
  return (argument, scope, operator) => {
    const parts = named(
      argument,
      scope,
      operator,
      ['startDate', 'unit', 'amount', 'timezone'],
      ['startDate', 'unit', 'amount'],
    );
    return (env) => {
      const start = parts['startDate']?.(env);
      const unit = parts['unit']?.(env);
      const amount = parts['amount']?.(env);
      const zone = zoneName(parts, env, operator);
      if (isNullish(start) || isNullish(unit) || isNullish(amount) || zone === null) return null;
      const whole = asInteger(amount);
      if (whole === null) throw locationError(5166405, `${operator} expects integer amount of time units`);
      return addToDate(dateOf(start), dateUnit(unit, operator), sign * whole, zone);
    };
  };
}

const dateDiff: OperatorCompiler = (argument, scope, operator) => {
  const allowed = ['startDate', 'endDate', 'unit', 'timezone', 'startOfWeek'];
  const parts = named(argument, scope, operator, allowed, ['startDate', 'endDate', 'unit']);
  return (env) => {
    const start = parts['startDate']?.(env);
    const end = parts['endDate']?.(env);
    const context = unitContext(parts, env, operator);
    if (isNullish(start) || isNullish(end) || context === null) return null;
    return Long.fromNumber(
      differenceOfDates(dateOf(start), dateOf(end), context.unit, context.zone, context.startOfWeek),
    );
  };
};

const dateTrunc: OperatorCompiler = (argument, scope, operator) => {
  const parts = named(
    argument,
    scope,
    operator,
    ['date', 'unit', 'binSize', 'timezone', 'startOfWeek'],
    ['date', 'unit'],
  );
  return (env) => {
    const date = parts['date']?.(env);
    const bin = parts['binSize'] === undefined ? new Int32(1) : parts['binSize'](env);
    const context = unitContext(parts, env, operator);
    if (isNullish(date) || isNullish(bin) || context === null) return null;
    const size = asInteger(bin);
    if (size === null || size < 1) throw locationError(5439018, `${operator} requires 'binSize' to be greater than 0`);
    return truncateDate(dateOf(date), context.unit, size, context.zone, context.startOfWeek);
  };
};

function unitContext(
  parts: Named,
  env: Env,
  operator: string,
): { unit: DateUnit; zone: string; startOfWeek: number } | null {
  const unit = parts['unit']?.(env);
  const zone = zoneName(parts, env, operator);
  const first = parts['startOfWeek'] === undefined ? 'sunday' : parts['startOfWeek'](env);
  if (isNullish(unit) || zone === null) return null;
  const checked = dateUnit(unit, operator);
  if (checked === 'week' && isNullish(first)) return null;
  return { unit: checked, zone, startOfWeek: checked === 'week' ? weekday(first, operator) : 0 };
}

const timestampPart =
  (read: (timestamp: Timestamp) => number): OperatorCompiler =>
  (argument, scope, operator) => {
    const operand = scope.compile(argumentList(argument)[0]);
    return (env) => {
      const value = operand(env);
      if (isNullish(value)) return null;
      if (bsonTag(value as object) !== 'Timestamp')
        throw failedToParse(`Argument to ${operator} must be a timestamp, but is ${typeName(value)}`);
      return Long.fromNumber(read(value as Timestamp));
    };
  };

export const DATE_OPERATORS: OperatorTable = new Map<string, OperatorCompiler>([
  ['$year', reading((wall) => wall.getUTCFullYear())],
  ['$month', reading((wall) => wall.getUTCMonth() + 1)],
  ['$dayOfMonth', reading((wall) => wall.getUTCDate())],
  ['$dayOfWeek', reading((wall) => wall.getUTCDay() + 1)],
  ['$dayOfYear', reading(dayOfYear)],
  ['$hour', reading((wall) => wall.getUTCHours())],
  ['$minute', reading((wall) => wall.getUTCMinutes())],
  ['$second', reading((wall) => wall.getUTCSeconds())],
  ['$millisecond', reading((wall) => wall.getUTCMilliseconds())],
  ['$week', reading(weekOfYear)],
  ['$isoWeek', reading((wall) => isoWeekOf(wall).week)],
  ['$isoDayOfWeek', reading((wall) => isoWeekOf(wall).day)],
  [
    '$isoWeekYear',
    reading(
      (wall) => isoWeekOf(wall).year,
      (year) => Long.fromNumber(year),
    ),
  ],
  ['$dateToString', dateToString],
  ['$dateFromString', dateFromString],
  ['$dateToParts', dateToParts],
  ['$dateFromParts', dateFromParts],
  ['$dateAdd', adding(1)],
  ['$dateSubtract', adding(-1)],
  ['$dateDiff', dateDiff],
  ['$dateTrunc', dateTrunc],
  ['$tsSecond', timestampPart((timestamp) => timestamp.t)],
  ['$tsIncrement', timestampPart((timestamp) => timestamp.i)],
]);

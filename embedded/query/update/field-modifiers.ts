import { Int32, Long, Timestamp } from 'bson';
import { badValue, typeMismatch } from '../errors';
import type { FilterScope } from '../filter/scope';
import { addNumbers, type BsonNumber, multiplyNumbers } from '../value/arithmetic';
import { compareWith } from '../value/compare';
import { formatElement } from '../value/format';
import { isNumber, isObject } from '../value/kind';
import { DECIMAL, DOUBLE, INT, LONG, numericType, toBigInt } from '../value/numeric';
import { typeName } from '../value/type-name';
import { creating, type Effect, type Modifier, type ModifierBuilder, type Place, REMOVE } from './modifier';

/** The modifiers of a single value: all but those of arrays. */

function set(operand: unknown): Modifier {
  return creating((current) => (identical(current, operand) ? current : operand));
}

/** Same type and same value, so that an unchanged write is seen as such; int 1 and double 1 differ as stored. */
function identical(current: unknown, operand: unknown): boolean {
  if (current === operand) return true;
  if (current === undefined || typeof current !== 'object' || typeof operand !== 'object') return false;
  if (numericType(current) !== numericType(operand)) return false;
  return numericType(current) !== DECIMAL && isNumber(current) && compareWith(current, operand, undefined) === 0;
}

function unset(): Modifier {
  return REMOVE;
}

function arithmetic(
  operator: '$inc' | '$mul',
  verb: string,
  apply: (a: unknown, b: unknown) => BsonNumber | null,
  whenMissing: (operand: unknown) => unknown,
): ModifierBuilder {
  return (operand, _scope, path) => {
    if (!isNumber(operand)) {
      const element = formatElement(lastPart(path), operand);
      throw typeMismatch(`Cannot ${verb} with non-numeric argument: ${element}`);
    }
    return creating((current, place) => {
      if (current === undefined) return whenMissing(operand);
      if (!isNumber(current)) {
        throw typeMismatch(
          `Cannot apply ${operator} to a value of non-numeric type. ${formatElement('_id', place.id)} has the field '${place.field}' of non-numeric type ${typeName(current)}`,
        );
      }
      const result = apply(current, operand);
      if (result === null) throw overflow(operator, current, place);
      return result;
    });
  };
}

function overflow(operator: string, current: unknown, place: Place) {
  const type = numericType(current) === INT ? 'NumberInt' : 'NumberLong';
  return badValue(
    `Failed to apply ${operator} operations to current value ((${type})${String(current)}) for document ${formatElement('_id', place.id)}`,
  );
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function zeroLike(operand: unknown): unknown {
  return multiplyNumbers(new Int32(0), operand);
}

function extreme(wins: (order: number) => boolean): ModifierBuilder {
  return (operand, scope) =>
    creating((current) => {
      if (current === undefined) return operand;
      return wins(compareWith(operand, current, scope.strings)) ? operand : current;
    });
}

function currentDate(operand: unknown, scope: FilterScope): Modifier {
  return creating(timeOf(operand, scope.now));
}

function timeOf(operand: unknown, now: Date): Effect {
  if (typeof operand === 'boolean') return () => now;
  if (!isObject(operand)) {
    throw badValue(
      `${typeName(operand)} is not valid type for $currentDate. Please use a boolean ('true') or a $type expression ({$type: 'timestamp/date'}).`,
    );
  }
  for (const key of Object.keys(operand)) {
    if (key !== '$type') throw badValue(`Unrecognized $currentDate option: ${key}`);
  }
  if (operand['$type'] === 'date') return () => now;
  if (operand['$type'] === 'timestamp') {
    const timestamp = new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 });
    return () => timestamp;
  }
  throw badValue(
    "The '$type' string field is required to be 'date' or 'timestamp': {$currentDate: {field : {$type: 'date'}}}",
  );
}

const BIT_OPERATIONS: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
};

function bit(operand: unknown): Modifier {
  if (!isObject(operand)) {
    throw badValue(
      `The $bit modifier is not compatible with a ${typeName(operand)}. You must pass in an embedded document: {$bit: {field: {and/or/xor: #}}`,
    );
  }
  const steps = Object.keys(operand).map((name) => bitStep(name, operand[name]));
  if (steps.length === 0) {
    throw badValue('You must pass in at least one bitwise operation. The format is: {$bit: {field: {and/or/xor: #}}');
  }
  return creating((current, place) => {
    const type = numericType(current);
    if (current !== undefined && type !== INT && type !== LONG) {
      throw badValue(
        `Cannot apply $bit to a value of non-integral type.${formatElement('_id', place.id)} has the field ${place.field} of non-integer type ${typeName(current)}`,
      );
    }
    let value = current === undefined ? 0n : toBigInt(current);
    let long = type === LONG;
    for (const step of steps) {
      value = step.apply(value, step.operand);
      long ||= step.long;
    }
    const result = long ? Long.fromBigInt(BigInt.asIntN(64, value)) : new Int32(Number(BigInt.asIntN(32, value)));
    return identical(current, result) ? current : result;
  });
}

function bitStep(name: string, operand: unknown) {
  const apply = Object.hasOwn(BIT_OPERATIONS, name) ? BIT_OPERATIONS[name] : undefined;
  if (apply === undefined) {
    throw badValue(
      `The $bit modifier only supports 'and', 'or', and 'xor', not '${name}' which is an unknown operator: ${formatElement(name, operand)}`,
    );
  }
  const type = numericType(operand);
  if (type === 0 || type >= DOUBLE) {
    throw badValue(
      `The $bit modifier field must be an Integer(32/64 bit); a '${typeName(operand)}' is not supported here: ${formatElement(name, operand)}`,
    );
  }
  return { apply, operand: toBigInt(operand), long: type === LONG };
}

export const FIELD_MODIFIERS: ReadonlyMap<string, ModifierBuilder> = new Map<string, ModifierBuilder>([
  ['$set', set],
  ['$setOnInsert', set],
  ['$unset', unset],
  ['$inc', arithmetic('$inc', 'increment', addNumbers, (operand) => operand)],
  ['$mul', arithmetic('$mul', 'multiply', multiplyNumbers, zeroLike)],
  ['$min', extreme((order) => order < 0)],
  ['$max', extreme((order) => order > 0)],
  ['$currentDate', currentDate],
  ['$bit', bit],
]);

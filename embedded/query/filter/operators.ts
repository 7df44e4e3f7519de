import { badValue, failedToParse, locationError, notImplemented } from '../errors';
import type { Doc } from '../types';
import { formatElement, formatValue } from '../value/format';
import { fieldsOf, isObject, isRegex, Kind, kindOf, textOf } from '../value/kind';
import { asInteger, numericType, toBigInt, toNumber } from '../value/numeric';
import { compileRegex, regexParts } from '../value/regex';
import { isTruthy } from '../value/truth';
import { bitsCondition } from './bits';
import { equalTo, equalToAny, orderedAgainst } from './comparison';
import { allOf, type Condition, leaf, never, not } from './condition';
import { elemMatch } from './elem-match';
import { isOperatorDoc } from './operator-doc';
import type { FilterScope } from './scope';
import { typeCondition } from './type-test';

/** Builds the condition of one operator; `siblings` is the whole operator document, for `$regex` with `$options`. */
export type OperatorBuilder = (operand: unknown, scope: FilterScope, siblings: Doc) => Condition;

export function equality(operand: unknown, scope: FilterScope): Condition {
  return leaf(equalTo(operand, scope.strings));
}

/** `{ field: /pattern/ }`: strings that match, and the same regular expression stored as a value. */
export function regexMatch(operand: unknown, options?: string): Condition {
  const parts = isRegex(operand) ? regexParts(operand) : { pattern: textOf(operand), options: '' };
  const chosen = options ?? parts.options;
  const regex = compileRegex(parts.pattern, chosen);
  return leaf((value) => {
    if (typeof value === 'string') return regex.test(value);
    if (!isRegex(value)) return kindOf(value) === Kind.String && regex.test(textOf(value));
    const stored = regexParts(value);
    return stored.pattern === parts.pattern && stored.options === chosen;
  });
}

function notEqual(operand: unknown, scope: FilterScope): Condition {
  if (isRegex(operand)) throw badValue("Can't have regex as arg to $ne.");
  return not(equality(operand, scope));
}

function inList(operator: '$in' | '$nin', operand: unknown, scope: FilterScope): Condition {
  if (!Array.isArray(operand)) throw badValue(`${operator} needs an array`);
  const values: unknown[] = [];
  const regexes: Condition[] = [];
  for (const entry of operand) {
    if (isOperatorDoc(entry)) {
      throw badValue(`cannot nest $ under ${operator}`);
    }
    if (isRegex(entry)) regexes.push(regexMatch(entry));
    else values.push(entry);
  }
  if (values.length === 0 && regexes.length === 0) return never;
  const equals = equalToAny(values, scope.strings);
  if (regexes.length === 0) return leaf(equals);
  return leaf((value) => (values.length > 0 && equals(value)) || regexes.some((regex) => regex.onValue(value)));
}

function exists(operand: unknown): Condition {
  const present = leaf((value) => value !== undefined, false);
  return isTruthy(operand) ? present : not(present);
}

function modulo(operand: unknown): Condition {
  if (!Array.isArray(operand)) throw badValue('malformed mod, needs to be an array');
  if (operand.length < 2) throw badValue('malformed mod, not enough elements');
  if (operand.length > 2) throw badValue('malformed mod, too many elements');
  const [divisor, remainder] = operand.map(truncated);
  if (divisor === undefined || divisor === null) throw badValue('malformed mod, divisor not a number');
  if (remainder === undefined || remainder === null) throw badValue('malformed mod, remainder not a number');
  if (divisor === 0n) throw badValue('divisor cannot be 0');
  return leaf((value) => {
    const dividend = truncated(value);
    return dividend !== null && dividend % divisor === remainder;
  });
}

/** The whole part of a finite number, else null. */
function truncated(value: unknown): bigint | null {
  const type = numericType(value);
  if (type === 0) return null;
  if (type <= 2) return toBigInt(value);
  const number = toNumber(value);
  return Number.isFinite(number) ? BigInt(Math.trunc(number)) : null;
}

function size(operand: unknown): Condition {
  const count = asInteger(operand);
  if (numericType(operand) === 0) {
    throw failedToParse(`Failed to parse $size. Expected a number in: ${formatElement('$size', operand)}`);
  }
  if (count === null)
    throw failedToParse(`Failed to parse $size. Expected an integer: ${formatElement('$size', operand)}`);
  if (count < 0) {
    throw failedToParse(`Failed to parse $size. Expected a non-negative number in: ${formatElement('$size', operand)}`);
  }
  return leaf((value) => Array.isArray(value) && value.length === count, false);
}

function all(operand: unknown, scope: FilterScope): Condition {
  if (!Array.isArray(operand)) throw badValue('$all needs an array');
  if (operand.length === 0) return never;
  const [first] = operand;
  if (isObject(first) && Object.keys(first)[0] === '$elemMatch') {
    return allOf(
      operand.map((entry) => {
        if (!isObject(entry) || Object.keys(entry)[0] !== '$elemMatch')
          throw badValue('$all/$elemMatch has to be consistent');
        return elemMatch(entry['$elemMatch'], scope);
      }),
    );
  }
  return allOf(
    operand.map((entry) => {
      if (isOperatorDoc(entry)) {
        throw badValue('no $ expressions in $all');
      }
      return isRegex(entry) ? regexMatch(entry) : equality(entry, scope);
    }),
  );
}

function negation(operand: unknown, scope: FilterScope): Condition {
  if (isRegex(operand)) return not(regexMatch(operand));
  if (!isObject(operand)) throw badValue('$not needs a regex or a document');
  const inner = fieldsOf(operand);
  if (Object.keys(inner).length === 0) throw badValue('$not cannot be empty');
  return not(scope.condition(inner));
}

function regexOperator(operand: unknown, siblings: Doc): Condition {
  if (typeof operand !== 'string' && !isRegex(operand)) throw badValue('$regex has to be a string');
  const options = siblings['$options'];
  if (options === undefined) return regexMatch(operand);
  if (typeof options !== 'string') throw badValue('$options has to be a string');
  if (isRegex(operand) && regexParts(operand).options !== '') {
    throw locationError(51075, 'options set in both $regex and $options');
  }
  return regexMatch(operand, [...options].sort().join(''));
}

const OPERATORS: ReadonlyMap<string, OperatorBuilder> = new Map<string, OperatorBuilder>([
  ['$eq', equality],
  ['$ne', notEqual],
  ['$gt', (operand, scope) => ordered('$gt', operand, scope)],
  ['$gte', (operand, scope) => ordered('$gte', operand, scope)],
  ['$lt', (operand, scope) => ordered('$lt', operand, scope)],
  ['$lte', (operand, scope) => ordered('$lte', operand, scope)],
  ['$in', (operand, scope) => inList('$in', operand, scope)],
  ['$nin', (operand, scope) => not(inList('$nin', operand, scope))],
  ['$exists', exists],
  ['$type', typeCondition],
  ['$regex', (operand, _context, siblings) => regexOperator(operand, siblings)],
  ['$mod', modulo],
  ['$size', size],
  ['$all', all],
  ['$elemMatch', elemMatch],
  ['$not', negation],
  ['$bitsAllSet', (operand) => bitsCondition('$bitsAllSet', operand)],
  ['$bitsAllClear', (operand) => bitsCondition('$bitsAllClear', operand)],
  ['$bitsAnySet', (operand) => bitsCondition('$bitsAnySet', operand)],
  ['$bitsAnyClear', (operand) => bitsCondition('$bitsAnyClear', operand)],
]);

const GEO_OPERATORS = new Set(['$geoWithin', '$geoIntersects', '$near', '$nearSphere', '$within']);

function ordered(operator: '$gt' | '$gte' | '$lt' | '$lte', operand: unknown, scope: FilterScope): Condition {
  if (isRegex(operand)) throw badValue(`Can't have RegEx as arg to predicate over field with ${operator}.`);
  return leaf(orderedAgainst(operator, operand, scope.strings));
}

/** The condition of a whole operator document such as `{ $gt: 1, $lt: 5 }`; each operator may be met by another element. */
export function conditionOf(operators: Doc, scope: FilterScope): Condition {
  const conditions: Condition[] = [];
  for (const name of Object.keys(operators)) {
    const condition = operatorCondition(name, operators[name], scope, operators);
    if (condition !== null) conditions.push(condition);
  }
  return allOf(conditions);
}

/** One operator's condition, or null for those that only qualify another (`$options`, `$comment`). */
export function operatorCondition(name: string, operand: unknown, scope: FilterScope, siblings: Doc): Condition | null {
  if (name === '$comment') return null;
  if (name === '$options') {
    if (siblings['$regex'] === undefined) throw badValue('$options needs a $regex');
    return null;
  }
  const build = OPERATORS.get(name);
  if (build !== undefined) return build(operand, scope, siblings);
  if (GEO_OPERATORS.has(name)) throw notImplemented(`${name} is not supported: ${formatValue(operand)}`);
  throw badValue(`unknown operator: ${name}`);
}

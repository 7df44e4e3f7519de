import { badValue, failedToParse } from '../errors';
import { formatValue } from '../value/format';
import { asInteger } from '../value/numeric';
import { TYPE_NUMBERS, typeName } from '../value/type-name';
import { type Condition, leaf } from './condition';

const NAME_BY_NUMBER = new Map([...TYPE_NUMBERS].map(([name, number]) => [number, name]));
const NUMBER_NAMES = ['int', 'long', 'double', 'decimal'];

/** `$type`: an alias, a number, "number", or a list of these. */
export function typeCondition(operand: unknown): Condition {
  const entries = Array.isArray(operand) ? operand : [operand];
  if (entries.length === 0) throw failedToParse('$type must match at least one type');
  const names = new Set(entries.flatMap(typeNamesOf));
  return leaf((value) => value !== undefined && names.has(typeName(value)));
}

/** The type aliases that one alias or number stands for. */
export function typeNamesOf(entry: unknown): string[] {
  if (entry === 'number') return NUMBER_NAMES;
  if (typeof entry === 'string') {
    if (!TYPE_NUMBERS.has(entry)) throw badValue(`Unknown type name alias: ${entry}`);
    return [entry];
  }
  const number = asInteger(entry);
  if (number === null) throw typeMustBe(entry);
  const name = NAME_BY_NUMBER.get(number);
  if (name === undefined) throw badValue(`Invalid numerical type code: ${number}`);
  return [name];
}

function typeMustBe(entry: unknown) {
  return badValue(`type must be represented as a number or a string, not ${formatValue(entry)}`);
}

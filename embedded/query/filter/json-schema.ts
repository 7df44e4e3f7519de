import { failedToParse, typeMismatch } from '../errors';
import type { Doc, Predicate } from '../types';
import { compareNumbers } from '../value/compare';
import { formatValue } from '../value/format';
import { createKeyOf } from '../value/key';
import { fieldsOf, isNumber, isObject } from '../value/kind';
import { asInteger } from '../value/numeric';
import { fieldOf, type LeafTest } from '../value/path';
import { compileRegex } from '../value/regex';
import { typeName } from '../value/type-name';
import { equalToAny } from './comparison';
import { remainderIsZero } from './multiple-of';
import type { FilterScope } from './scope';
import { typeNamesOf } from './type-test';

/** JSON Schema draft 4 with MongoDB's `bsonType`; a keyword for one type says nothing about values of others. */
export function compileSchema(schema: unknown, scope: FilterScope): Predicate {
  if (!isObject(schema)) throw typeMismatch('$jsonSchema must be an object');
  return valueTest(schema, scope);
}

type Keyword = (operand: unknown, schema: Doc, scope: FilterScope) => LeafTest;

const ANNOTATIONS = new Set(['title', 'description', 'exclusiveMinimum', 'exclusiveMaximum', 'additionalItems']);
const JSON_TYPES: Readonly<Record<string, string[]>> = {
  object: ['object'],
  array: ['array'],
  string: ['string'],
  boolean: ['bool'],
  null: ['null'],
  number: ['int', 'long', 'double', 'decimal'],
};

function valueTest(schema: unknown, scope: FilterScope): LeafTest {
  if (!isObject(schema)) throw typeMismatch(`$jsonSchema keyword must be an object, found ${formatValue(schema)}`);
  const tests: LeafTest[] = [];
  for (const name of Object.keys(schema)) {
    if (ANNOTATIONS.has(name)) continue;
    const keyword = KEYWORDS.get(name);
    if (keyword === undefined) throw failedToParse(`Unknown $jsonSchema keyword: ${name}`);
    tests.push(keyword(schema[name], schema, scope));
  }
  return (value) => tests.every((test) => test(value));
}

const KEYWORDS: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ['bsonType', (operand) => typeIn(listOf(operand).flatMap(typeNamesOf))],
  ['type', (operand) => typeIn(listOf(operand).flatMap(jsonTypeNames))],
  ['enum', (operand, _schema, scope) => equalToAny(arrayOf('enum', operand), scope.strings)],
  ['allOf', (operand, _schema, scope) => every(schemasOf('allOf', operand, scope))],
  ['anyOf', (operand, _schema, scope) => some(schemasOf('anyOf', operand, scope))],
  ['oneOf', (operand, _schema, scope) => exactlyOne(schemasOf('oneOf', operand, scope))],
  ['not', (operand, _schema, scope) => negated(valueTest(operand, scope))],
  ['minimum', (operand, schema) => bound(operand, schema['exclusiveMinimum'] === true, 1)],
  ['maximum', (operand, schema) => bound(operand, schema['exclusiveMaximum'] === true, -1)],
  ['multipleOf', (operand) => forType(isNumber, (value) => remainderIsZero(value, operand))],
  ['minLength', (operand) => counted(isText, codePoints, 'minLength', operand, 1)],
  ['maxLength', (operand) => counted(isText, codePoints, 'maxLength', operand, -1)],
  ['pattern', (operand) => matching(String(operand))],
  ['minItems', (operand) => counted(Array.isArray, itemCount, 'minItems', operand, 1)],
  ['maxItems', (operand) => counted(Array.isArray, itemCount, 'maxItems', operand, -1)],
  ['uniqueItems', (operand) => (operand === true ? forType(Array.isArray, allUnique) : () => true)],
  ['items', items],
  ['minProperties', (operand) => counted(isObject, fieldCount, 'minProperties', operand, 1)],
  ['maxProperties', (operand) => counted(isObject, fieldCount, 'maxProperties', operand, -1)],
  ['required', (operand) => required(arrayOf('required', operand).map(String))],
  ['properties', properties],
  ['patternProperties', patternProperties],
  ['additionalProperties', additionalProperties],
  ['dependencies', dependencies],
]);

function listOf(operand: unknown): unknown[] {
  return Array.isArray(operand) ? operand : [operand];
}

function arrayOf(keyword: string, operand: unknown): unknown[] {
  if (Array.isArray(operand) && operand.length > 0) return operand;
  throw typeMismatch(`$jsonSchema keyword '${keyword}' must be a nonempty array`);
}

function schemasOf(keyword: string, operand: unknown, scope: FilterScope): LeafTest[] {
  return arrayOf(keyword, operand).map((schema) => valueTest(schema, scope));
}

function jsonTypeNames(name: unknown): string[] {
  const names = JSON_TYPES[String(name)];
  if (names === undefined) throw failedToParse(`$jsonSchema type '${String(name)}' is not currently supported.`);
  return names;
}

function typeIn(names: readonly string[]): LeafTest {
  const allowed = new Set(names);
  return (value) => allowed.has(typeName(value));
}

function forType(applies: (value: unknown) => boolean, test: LeafTest): LeafTest {
  return (value) => !applies(value) || test(value);
}

const every =
  (tests: readonly LeafTest[]): LeafTest =>
  (value) =>
    tests.every((test) => test(value));
const some =
  (tests: readonly LeafTest[]): LeafTest =>
  (value) =>
    tests.some((test) => test(value));
const exactlyOne =
  (tests: readonly LeafTest[]): LeafTest =>
  (value) =>
    tests.filter((test) => test(value)).length === 1;
const negated =
  (test: LeafTest): LeafTest =>
  (value) =>
    !test(value);

/** `direction` 1 asks the value to be at least the operand, -1 at most. */
function bound(operand: unknown, exclusive: boolean, direction: 1 | -1): LeafTest {
  if (!isNumber(operand)) throw typeMismatch('$jsonSchema keyword minimum and maximum must be numbers');
  return forType(isNumber, (value) => {
    const order = direction * compareNumbers(value, operand);
    return exclusive ? order > 0 : order >= 0;
  });
}

const isText = (value: unknown): value is string => typeof value === 'string';
const codePoints = (value: unknown): number => [...(value as string)].length;
const itemCount = (value: unknown): number => (value as unknown[]).length;
const fieldCount = (value: unknown): number => Object.keys(fieldsOf(value as Doc)).length;

function counted(
  applies: (value: unknown) => boolean,
  count: (value: unknown) => number,
  keyword: string,
  operand: unknown,
  direction: 1 | -1,
): LeafTest {
  const limit = asInteger(operand);
  if (limit === null || limit < 0) {
    throw failedToParse(
      `$jsonSchema keyword '${keyword}' must be a non-negative integer, found ${formatValue(operand)}`,
    );
  }
  return forType(applies, (value) => direction * (count(value) - limit) >= 0);
}

function matching(pattern: string): LeafTest {
  const regex = compileRegex(pattern, '');
  return forType(isText, (value) => regex.test(value as string));
}

function allUnique(value: unknown): boolean {
  const values = value as unknown[];
  const keyOf = createKeyOf(undefined);
  return new Set(values.map(keyOf)).size === values.length;
}

function items(operand: unknown, schema: Doc, scope: FilterScope): LeafTest {
  if (!Array.isArray(operand)) {
    const test = valueTest(operand, scope);
    return forType(Array.isArray, (value) => (value as unknown[]).every(test));
  }
  const tests = operand.map((entry) => valueTest(entry, scope));
  const rest = additional(schema['additionalItems'], scope);
  return forType(Array.isArray, (value) => (value as unknown[]).every((element, at) => (tests[at] ?? rest)(element)));
}

function additional(operand: unknown, scope: FilterScope): LeafTest {
  if (operand === undefined || operand === true) return () => true;
  return operand === false ? () => false : valueTest(operand, scope);
}

function required(names: readonly string[]): LeafTest {
  return forType(isObject, (value) => {
    const doc = fieldsOf(value as Doc);
    return names.every((name) => fieldOf(doc, name) !== undefined);
  });
}

function properties(operand: unknown, _schema: Doc, scope: FilterScope): LeafTest {
  const tests = Object.entries(objectOf('properties', operand)).map(
    ([name, schema]) => [name, valueTest(schema, scope)] as const,
  );
  return forType(isObject, (value) => {
    const doc = fieldsOf(value as Doc);
    return tests.every(([name, test]) => {
      const field = fieldOf(doc, name);
      return field === undefined || test(field);
    });
  });
}

function patternProperties(operand: unknown, _schema: Doc, scope: FilterScope): LeafTest {
  const tests = Object.entries(objectOf('patternProperties', operand)).map(
    ([pattern, schema]) => [compileRegex(pattern, ''), valueTest(schema, scope)] as const,
  );
  return forType(isObject, (value) => {
    const doc = fieldsOf(value as Doc);
    return Object.keys(doc).every((name) => tests.every(([regex, test]) => !regex.test(name) || test(doc[name])));
  });
}

function additionalProperties(operand: unknown, schema: Doc, scope: FilterScope): LeafTest {
  const test = additional(operand, scope);
  const named = new Set(Object.keys(objectOf('properties', schema['properties'] ?? {})));
  const patterns = Object.keys(objectOf('patternProperties', schema['patternProperties'] ?? {})).map((pattern) =>
    compileRegex(pattern, ''),
  );
  return forType(isObject, (value) => {
    const doc = fieldsOf(value as Doc);
    return Object.keys(doc).every(
      (name) => named.has(name) || patterns.some((regex) => regex.test(name)) || test(doc[name]),
    );
  });
}

function dependencies(operand: unknown, _schema: Doc, scope: FilterScope): LeafTest {
  const tests = Object.entries(objectOf('dependencies', operand)).map(([name, needed]) => {
    const test = Array.isArray(needed) ? required(needed.map(String)) : valueTest(needed, scope);
    return [name, test] as const;
  });
  return forType(isObject, (value) =>
    tests.every(([name, test]) => fieldOf(fieldsOf(value as Doc), name) === undefined || test(value)),
  );
}

function objectOf(keyword: string, operand: unknown): Doc {
  if (!isObject(operand)) throw typeMismatch(`$jsonSchema keyword '${keyword}' must be an object`);
  return operand;
}

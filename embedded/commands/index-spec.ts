import { Int32 } from 'bson';
import type { Doc } from '../document/decode';
import { isDoc, toFlag, toNumber } from '../document/scalars';
import { shellText } from '../document/shell-text';
import { compileFilter, valuesEqual } from '../query';
import type { IndexDefinition } from '../storage/index-definition';
import { CommandError, errors } from './command-error';
import { parseCollation } from './selection';

const KNOWN = new Set([
  'key',
  'name',
  'unique',
  'sparse',
  'background',
  'expireAfterSeconds',
  'partialFilterExpression',
  'hidden',
  'collation',
  'v',
  'ns',
  'clustered',
  'weights',
  'default_language',
  'language_override',
  'textIndexVersion',
  '2dsphereIndexVersion',
  'bits',
  'min',
  'max',
  'wildcardProjection',
  'dropDups',
  'storageEngine',
  'prepareUnique',
]);
const UNSUPPORTED = ['weights', 'wildcardProjection', 'storageEngine', 'prepareUnique'];
const MAX_EXPIRE_SECONDS = 2_147_483_647;
const PARTIAL_OPERATORS = new Set(['$eq', '$exists', '$gt', '$gte', '$lt', '$lte', '$type', '$in']);

/** Checks an index as createIndexes gets it and brings it into the form that is stored and listed. */
export function normalizeIndex(spec: Doc): Doc {
  for (const field of Object.keys(spec)) {
    if (!KNOWN.has(field))
      throw new CommandError(
        197,
        'InvalidIndexSpecificationOption',
        `Error in specification ${shellText(spec)} :: caused by :: The field '${field}' is not valid for an index specification. Specification: ${shellText(spec)}`,
      );
  }
  const key = spec['key'];
  if (!isDoc(key) || Object.keys(key).length === 0)
    throw errors.cannotCreateIndex('Index keys cannot be an empty object.');
  for (const [path, direction] of Object.entries(key)) checkField(path, direction);
  for (const option of UNSUPPORTED)
    if (spec[option] !== undefined) throw errors.notImplemented(`index option '${option}' is not supported`);
  if (parseCollation(spec['collation']) !== undefined)
    throw errors.notImplemented(
      'an index with a collation is not supported: store a folded copy of the field and index that',
    );
  const name = spec['name'] ?? defaultName(key);
  if (typeof name !== 'string' || name === '') throw errors.cannotCreateIndex('index name must be a non-empty string');
  if (isIdKey(key)) return { v: new Int32(2), key, name: '_id_' };
  const expire = spec['expireAfterSeconds'];
  if (expire !== undefined) checkExpire(key, expire);
  const partial = spec['partialFilterExpression'];
  if (partial !== undefined) checkPartial(partial, spec);
  return {
    v: new Int32(2),
    key,
    name,
    ...(toFlag(spec['unique']) ? { unique: true } : {}),
    ...(toFlag(spec['sparse']) ? { sparse: true } : {}),
    ...(expire === undefined ? {} : { expireAfterSeconds: expire }),
    ...(partial === undefined ? {} : { partialFilterExpression: partial }),
    ...(toFlag(spec['hidden']) ? { hidden: true } : {}),
    ...(toFlag(spec['background']) ? { background: true } : {}),
  };
}

export function isIdKey(key: Doc): boolean {
  const [only, ...others] = Object.keys(key);
  return only === '_id' && others.length === 0 && toNumber(key['_id']) === 1;
}

function defaultName(key: Doc): string {
  return Object.entries(key)
    .map(([path, direction]) => `${path}_${typeof direction === 'string' ? direction : toNumber(direction)}`)
    .join('_');
}

function checkField(path: string, direction: unknown): void {
  if (path.includes('$**')) throw errors.notImplemented('wildcard indexes are not supported');
  if (path === '' || path.startsWith('.') || path.endsWith('.') || path.includes('..'))
    throw errors.cannotCreateIndex(`Index keys cannot be an empty field or have empty parts: '${path}'`);
  if (path.startsWith('$'))
    throw errors.cannotCreateIndex(`Index key contains an illegal field name: field name starts with '$'.`);
  if (typeof direction === 'string') {
    if (direction === 'hashed' || direction === 'text' || direction === '2dsphere' || direction === '2d')
      throw errors.notImplemented(`${direction} indexes are not supported`);
    throw errors.cannotCreateIndex(`Unknown index plugin '${direction}'`);
  }
  const number = toNumber(direction);
  if (number === undefined || number === 0 || Number.isNaN(number))
    throw errors.cannotCreateIndex(
      `Values in the index key pattern must be nonzero numbers or the name of an index type, got '${path}: ${shellText(direction)}'`,
    );
}

function checkExpire(key: Doc, expire: unknown): void {
  const seconds = toNumber(expire);
  if (seconds === undefined || seconds < 0 || seconds > MAX_EXPIRE_SECONDS)
    throw errors.cannotCreateIndex(
      `TTL index 'expireAfterSeconds' option must be numeric and within [0, ${MAX_EXPIRE_SECONDS}]`,
    );
  if (Object.keys(key).length !== 1)
    throw errors.cannotCreateIndex('TTL indexes are single-field indexes, compound indexes do not support TTL.');
}

function checkPartial(partial: unknown, spec: Doc): void {
  if (!isDoc(partial)) throw errors.typeMismatch("The field 'partialFilterExpression' must be an object");
  if (toFlag(spec['sparse']))
    throw errors.cannotCreateIndex('cannot mix "partialFilterExpression" and "sparse" options');
  checkPartialTree(partial);
  compileFilter(partial);
}

function checkPartialTree(filter: Doc): void {
  for (const [path, condition] of Object.entries(filter)) {
    if (path === '$and' || path === '$or') for (const part of condition as Doc[]) checkPartialTree(part);
    else if (path.startsWith('$')) throw errors.cannotCreateIndex(`unsupported expression in partial index: ${path}`);
    else if (isDoc(condition)) {
      for (const operator of Object.keys(condition)) {
        if (
          operator.startsWith('$') &&
          (!PARTIAL_OPERATORS.has(operator) || (operator === '$exists' && !toFlag(condition[operator])))
        )
          throw errors.cannotCreateIndex(
            `unsupported expression in partial index: ${shellText({ [path]: condition })}`,
          );
      }
    }
  }
}

/** The index that is already there, or an error when the new one cannot stand beside one of them. */
export function findSameIndex(existing: readonly IndexDefinition[], wanted: Doc): IndexDefinition | undefined {
  const byName = existing.find(({ name }) => name === wanted['name']);
  if (byName !== undefined) {
    if (!sameIdentity(byName.options, wanted))
      throw errors.indexKeySpecsConflict(
        `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${shellText(wanted)}, existing index: ${shellText(byName.options)}`,
      );
    if (!sameOptions(byName.options, wanted))
      throw errors.indexOptionsConflict(
        `An equivalent index already exists with the same name but different options. Requested index: ${shellText(wanted)}, existing index: ${shellText(byName.options)}`,
      );
    return byName;
  }
  const twin = existing.find(({ options }) => sameIdentity(options, wanted));
  if (twin !== undefined) {
    if (isIdKey(twin.options['key'] as Doc)) return twin;
    throw errors.indexOptionsConflict(`Index already exists with a different name: ${twin.name}`);
  }
  return undefined;
}

function sameIdentity(a: Doc, b: Doc): boolean {
  return (
    sameKey(a['key'] as Doc, b['key'] as Doc) &&
    (isIdKey(a['key'] as Doc) ||
      (toFlag(a['unique']) === toFlag(b['unique']) &&
        toFlag(a['sparse']) === toFlag(b['sparse']) &&
        same(a['partialFilterExpression'], b['partialFilterExpression'])))
  );
}

function sameOptions(a: Doc, b: Doc): boolean {
  return toNumber(a['expireAfterSeconds']) === toNumber(b['expireAfterSeconds']);
}

export function sameKey(a: Doc, b: Doc): boolean {
  return valuesEqual(a, b) && Object.keys(a).join('\0') === Object.keys(b).join('\0');
}

function same(a: unknown, b: unknown): boolean {
  return a === undefined || b === undefined ? a === b : valuesEqual(a, b);
}

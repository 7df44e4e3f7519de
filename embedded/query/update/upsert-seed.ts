import { notSingleValueField } from '../errors';
import { isOperatorDoc } from '../filter/operator-doc';
import type { Doc } from '../types';
import { isObject, isRegex } from '../value/kind';
import { setPath } from '../value/path';

/**
 * The document an upsert starts from: the fields that the filter's equalities fix, in `$and` too.
 *
 * @throws QueryError 54 where two of them fix the same field
 */
export function upsertSeed(filter: Doc): Doc {
  const fixed = new Map<string, unknown>();
  collect(filter, fixed);
  let seed: Doc = {};
  const id = fixed.get('_id');
  if (id !== undefined) seed = { _id: id };
  for (const [path, value] of fixed) if (path !== '_id') seed = setPath(seed, path, value);
  return seed;
}

function collect(filter: Doc, fixed: Map<string, unknown>): void {
  for (const key of Object.keys(filter)) {
    const operand = filter[key];
    const branches = Array.isArray(operand) ? operand.filter(isObject) : [];
    if (key === '$and' || (key === '$or' && branches.length === 1)) {
      for (const branch of branches) collect(branch, fixed);
    } else if (!key.startsWith('$')) collectField(key, operand, fixed);
  }
}

function collectField(path: string, operand: unknown, fixed: Map<string, unknown>): void {
  if (isRegex(operand)) return;
  if (!isOperatorDoc(operand)) {
    add(path, operand, fixed);
    return;
  }
  if ('$eq' in operand) add(path, operand['$eq'], fixed);
  const all = operand['$all'];
  if (!Array.isArray(all)) return;
  for (const value of all) {
    if (!isRegex(value) && !(isObject(value) && '$elemMatch' in value)) add(path, value, fixed);
  }
}

function add(path: string, value: unknown, fixed: Map<string, unknown>): void {
  for (const known of fixed.keys()) {
    if (known === path) {
      throw notSingleValueField(`cannot infer query fields to set, path '${path}' is matched twice`);
    }
    if (known.startsWith(`${path}.`) || path.startsWith(`${known}.`)) {
      throw notSingleValueField(`cannot infer query fields to set, both paths '${known}' and '${path}' are matched`);
    }
  }
  fixed.set(path, value);
}

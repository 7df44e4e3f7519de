import type { Doc } from '../types';
import { isObject, isRegex, Kind, kindOf } from '../value/kind';
import { regexParts, regexPrefix } from '../value/regex';
import { isOperatorDoc } from './operator-doc';

export type BoundOperator = '$eq' | '$in' | '$gt' | '$gte' | '$lt' | '$lte';

export interface Bound {
  readonly op: BoundOperator;
  /** The operand, or the list of operands where op is `$in`. */
  readonly value: unknown;
}

export type FilterBounds = Map<string, Bound[]>;

/**
 * What every matching document must satisfy, by dotted path: for choosing an index, whose results must still pass the
 * filter. Each bound holds for some value at the path (an array element counts), so bounds on one path of arrays may
 * be met by different elements and must not be intersected there. `$eq: null` also stands for a missing field. Ranges
 * stay within the operand's type; an anchored regex appears as a range of strings; operands that are arrays are left out.
 */
export function filterBounds(filter: Doc): FilterBounds {
  const bounds: FilterBounds = new Map();
  collect(filter, '', bounds);
  return bounds;
}

function collect(filter: Doc, prefix: string, bounds: FilterBounds): void {
  for (const key of Object.keys(filter)) {
    const operand = filter[key];
    if (key === '$and') {
      if (Array.isArray(operand)) for (const branch of operand) if (isObject(branch)) collect(branch, prefix, bounds);
    } else if (!key.startsWith('$')) collectField(prefix + key, operand, bounds);
  }
}

function collectField(path: string, operand: unknown, bounds: FilterBounds): void {
  if (!isOperatorDoc(operand)) {
    addValue(path, '$eq', operand, bounds);
    return;
  }
  for (const name of Object.keys(operand)) {
    const value = operand[name];
    if (name === '$eq') addBound(path, { op: '$eq', value: value ?? null }, bounds);
    else if (name === '$gt' || name === '$gte' || name === '$lt' || name === '$lte')
      addRange(path, name, value, bounds);
    else if (name === '$in') addIn(path, value, bounds);
    else if (name === '$all' && Array.isArray(value)) addAll(path, value, bounds);
    else if (name === '$regex') addRegex(path, value, operand['$options'], bounds);
    else if (name === '$elemMatch' && isObject(value)) addElemMatch(path, value, bounds);
  }
}

function addBound(path: string, bound: Bound, bounds: FilterBounds): void {
  if (holdsArray(bound)) return;
  const list = bounds.get(path);
  if (list === undefined) bounds.set(path, [bound]);
  else list.push(bound);
}

function addValue(path: string, op: '$eq', value: unknown, bounds: FilterBounds): void {
  if (isRegex(value)) addRegex(path, value, undefined, bounds);
  else addBound(path, { op, value: value ?? null }, bounds);
}

/** Ranges against null and MinKey or MaxKey reach across types or missing fields, which an index range may not. */
function addRange(path: string, op: BoundOperator, value: unknown, bounds: FilterBounds): void {
  const kind = kindOf(value);
  if (kind === Kind.Null || kind === Kind.Missing) {
    if (op === '$gte' || op === '$lte') addBound(path, { op: '$eq', value: null }, bounds);
    return;
  }
  if (kind === Kind.MinKey || kind === Kind.MaxKey || kind === Kind.Regex) return;
  addBound(path, { op, value }, bounds);
}

function addIn(path: string, values: unknown, bounds: FilterBounds): void {
  if (!Array.isArray(values) || values.some(isRegex)) return;
  addBound(path, { op: '$in', value: values.map((value) => value ?? null) }, bounds);
}

function addAll(path: string, values: readonly unknown[], bounds: FilterBounds): void {
  for (const value of values) {
    if (isObject(value) && '$elemMatch' in value) {
      if (isObject(value['$elemMatch'])) addElemMatch(path, value['$elemMatch'], bounds);
    } else addValue(path, '$eq', value, bounds);
  }
}

function addRegex(path: string, value: unknown, options: unknown, bounds: FilterBounds): void {
  const parts = isRegex(value) ? regexParts(value) : { pattern: String(value), options: '' };
  const prefix = regexPrefix(parts.pattern, typeof options === 'string' ? options : parts.options);
  // The same regex stored as a value matches too, but no string range covers it; such documents need a full scan.
  if (prefix === null) return;
  addBound(path, { op: '$gte', value: prefix }, bounds);
  addBound(path, { op: '$lt', value: `${prefix}\u{10ffff}` }, bounds);
}

/**
 * A matching element's fields are values at the dotted path, and an element met by operators is a value at the path
 * itself. Null is left out: an element without the field is no indexed null of the path.
 */
function addElemMatch(path: string, operand: Doc, bounds: FilterBounds): void {
  const inner: FilterBounds = new Map();
  if (isOperatorDoc(operand)) {
    const first = Object.keys(operand)[0];
    if (first === '$and' || first === '$or' || first === '$nor') return;
    collectField(path, operand, inner);
  } else collect(operand, `${path}.`, inner);
  for (const [dotted, list] of inner) {
    if (namesPosition(dotted.slice(path.length))) continue;
    for (const bound of list) if (!mentionsNull(bound)) addBound(dotted, bound, bounds);
  }
}

function mentionsNull(bound: Bound): boolean {
  return bound.op === '$in' ? (bound.value as unknown[]).some((value) => value === null) : bound.value === null;
}

/** An element that is an array counts as a document of positions, which no index path says. */
function namesPosition(path: string): boolean {
  return /\.\d+(?:\.|$)/.test(path);
}

/** A whole array is no key of an index that holds one key for each element. */
function holdsArray(bound: Bound): boolean {
  return bound.op === '$in' ? (bound.value as unknown[]).some(Array.isArray) : Array.isArray(bound.value);
}

/**
 * The branches of a top-level `$or`, each joined with the filter's other conditions, or null where there is none: the
 * union of what they match is what the filter matches.
 */
export function orBranches(filter: Doc): Doc[] | null {
  const { $or: branches, ...rest } = filter;
  if (!Array.isArray(branches) || branches.length === 0 || !branches.every(isObject)) return null;
  const others = Object.keys(rest).length === 0 ? null : rest;
  return branches.map((branch) => (others === null ? (branch as Doc) : { $and: [branch, others] }));
}

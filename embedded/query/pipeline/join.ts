import type { Doc } from '../types';
import { isObject, isRegex } from '../value/kind';
import { parsePath, valuesAtPath } from '../value/path';

/** The filter for the foreign documents that share a value with the local field; arrays match by any element. */
export function joinFilter(doc: Doc, localField: string, foreignField: string): Doc {
  return valuesFilter(localValues(doc, localField), foreignField);
}

export function valuesFilter(values: readonly unknown[], field: string): Doc {
  if (values.length === 1) return { [field]: { $eq: values[0] } };
  // In a list a regex would match text; as an equality it is a value like others.
  if (!values.some(isRegex)) return { [field]: { $in: values } };
  return { $or: values.map((value) => ({ [field]: { $eq: value } })) };
}

/** A missing local field joins as null. */
function localValues(doc: Doc, localField: string): unknown[] {
  const values: unknown[] = [];
  for (const value of valuesAtPath(doc, parsePath(localField))) {
    if (Array.isArray(value)) values.push(...value);
    else values.push(value ?? null);
  }
  return values;
}

/**
 * A filter that every document passing the pipeline's first `$match` passes too, for finding them by an index: its
 * plain conditions, and equalities of `$expr` between a field and a value already known.
 */
export function leadingFilter(
  stages: readonly unknown[],
  variables: ReadonlyMap<string, unknown>,
  exactStrings: boolean,
): Doc {
  const [first] = stages;
  const match = isObject(first) ? first['$match'] : undefined;
  if (!isObject(match)) return {};
  const conditions: Doc[] = [];
  collectPlain(match, conditions);
  if (exactStrings) collectEqualities(match, variables, conditions);
  const [only] = conditions;
  if (only === undefined) return {};
  return conditions.length === 1 ? only : { $and: conditions };
}

function collectPlain(match: Doc, conditions: Doc[]): void {
  const plain: Doc = {};
  for (const key of Object.keys(match)) {
    const operand = match[key];
    if (!key.startsWith('$')) plain[key] = operand;
    else if (key === '$and' && Array.isArray(operand)) {
      for (const branch of operand) if (isObject(branch)) collectPlain(branch, conditions);
    }
  }
  if (Object.keys(plain).length > 0) conditions.push(plain);
}

function collectEqualities(match: Doc, variables: ReadonlyMap<string, unknown>, conditions: Doc[]): void {
  const branches = match['$and'];
  if (Array.isArray(branches)) {
    for (const branch of branches) if (isObject(branch)) collectEqualities(branch, variables, conditions);
  }
  collectFromExpression(match['$expr'], variables, conditions);
}

function collectFromExpression(expression: unknown, variables: ReadonlyMap<string, unknown>, conditions: Doc[]): void {
  if (!isObject(expression)) return;
  const all = expression['$and'];
  if (Array.isArray(all)) for (const part of all) collectFromExpression(part, variables, conditions);
  const equal = expression['$eq'];
  if (Array.isArray(equal) && equal.length === 2) {
    addEquality(equal[0], knownValue(equal[1], variables), '$eq', conditions);
    addEquality(equal[1], knownValue(equal[0], variables), '$eq', conditions);
  }
  const within = expression['$in'];
  if (Array.isArray(within) && within.length === 2) {
    const list = knownValue(within[1], variables);
    if (Array.isArray(list) && !list.some((value) => Array.isArray(value) || isRegex(value))) {
      addEquality(within[0], list, '$in', conditions);
    }
  }
}

function addEquality(field: unknown, value: unknown, operator: '$eq' | '$in', conditions: Doc[]): void {
  if (typeof field !== 'string' || !/^\$[^$]/.test(field) || value === undefined) return;
  // An array in a document's path makes the expression a list, which equals no single value.
  if (operator === '$eq' && Array.isArray(value)) return;
  conditions.push({ [field.slice(1)]: { [operator]: value } });
}

/** The value of a variable, a literal or a plain constant; undefined where it depends on the document. */
function knownValue(expression: unknown, variables: ReadonlyMap<string, unknown>): unknown {
  if (typeof expression === 'string' && expression.startsWith('$')) {
    const name = expression.startsWith('$$') ? expression.slice(2) : '';
    return variables.get(name);
  }
  if (isObject(expression)) return '$literal' in expression ? expression['$literal'] : undefined;
  return Array.isArray(expression) ? undefined : expression;
}

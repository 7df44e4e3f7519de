import type { Doc, Predicate } from '../types';
import { fieldsOf, isObject, isRegex } from '../value/kind';
import { anyInArray, fieldOf, type Path, parsePath } from '../value/path';
import type { Condition } from './condition';
import { isOperatorDoc } from './operator-doc';
import { conditionOf, equality, operatorCondition, regexMatch } from './operators';
import type { FilterScope } from './scope';

/** Finds the position of the array element that a matching document was matched by, for the positional `$`. */
export type IndexFinder = (doc: Doc) => number | undefined;

/**
 * Conditions on the array that the update goes through come first, then any other that goes through an array; among
 * several the last one wins, as on the server.
 */
export function indexFinder(filter: Doc, arrayPath: string, scope: FilterScope): IndexFinder {
  const finders = findersOf(filter, scope);
  const near = finders.filter(({ path }) => path === arrayPath || path.startsWith(`${arrayPath}.`));
  const ordered = [...near.reverse(), ...finders.filter((finder) => !near.includes(finder)).reverse()];
  return (doc) => {
    for (const { find } of ordered) {
      const index = find(doc);
      if (index !== undefined) return index;
    }
    return undefined;
  };
}

interface Finder {
  readonly path: string;
  readonly find: IndexFinder;
}

function findersOf(filter: Doc, scope: FilterScope): Finder[] {
  return Object.keys(filter).flatMap((key) => {
    const operand = filter[key];
    if (key === '$and' && Array.isArray(operand))
      return operand.filter(isObject).flatMap((branch) => findersOf(branch, scope));
    if (key === '$or' && Array.isArray(operand))
      return operand.filter(isObject).flatMap((branch) => whenMatched(branch, scope));
    return key.startsWith('$') ? [] : fieldFinders(key, operand, scope);
  });
}

/** A branch of `$or` speaks only for documents it matches. */
function whenMatched(branch: Doc, scope: FilterScope): Finder[] {
  const matches: Predicate = scope.tree(branch);
  return findersOf(branch, scope).map(({ path, find }) => ({
    path,
    find: (doc) => (matches(doc) ? find(doc) : undefined),
  }));
}

function fieldFinders(key: string, operand: unknown, scope: FilterScope): Finder[] {
  const path = parsePath(key);
  return conditionsOf(operand, scope).map((condition) => ({
    path: key,
    find: (doc) => firstIndex(doc, path, condition),
  }));
}

function conditionsOf(operand: unknown, scope: FilterScope): Condition[] {
  if (isRegex(operand)) return [regexMatch(operand)];
  if (!isOperatorDoc(operand)) return [equality(operand, scope)];
  const elemMatch = operand['$elemMatch'];
  if (elemMatch !== undefined) {
    const whole = conditionOf({ $elemMatch: elemMatch }, scope);
    const onElement: Condition = { ...whole, leaf: { test: (value) => whole.onValue([value]), expand: true } };
    return [onElement];
  }
  return Object.keys(operand).flatMap((name) => {
    const condition = operatorCondition(name, operand[name], scope, operand);
    return condition === null ? [] : [condition];
  });
}

function firstIndex(doc: Doc, path: Path, condition: Condition): number | undefined {
  if (condition.leaf === undefined) return undefined;
  const { test, expand } = condition.leaf;
  let value: unknown = doc;
  for (let at = 0; at < path.parts.length; at++) {
    if (!isObject(value)) return undefined;
    value = fieldOf(fieldsOf(value), path.parts[at] as string);
    if (!Array.isArray(value)) continue;
    const next = at + 1;
    const index = value.findIndex((element) =>
      next === path.parts.length ? expand && test(element) : anyInArray([element], path, next, expand, test),
    );
    return index < 0 ? undefined : index;
  }
  return undefined;
}

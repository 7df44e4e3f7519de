import { badValue, locationError, pathNotViable } from '../errors';
import type { Doc } from '../types';
import { formatElement, formatValue } from '../value/format';
import { fieldsOf, isObject } from '../value/kind';
import { arrayIndex, fieldOf, type LeafTest, putField } from '../value/path';
import type { Modifier } from './modifier';

/** A part of an update's path: a field or position by name, or every element (`$[]`) or those that pass (`$[id]`). */
export type Step = { readonly name: string } | { readonly name: string; readonly element: LeafTest };

/** A modifier bound to its path. `fresh` holds the containers already copied in this update, free to change. */
export interface Target {
  readonly steps: readonly Step[];
  readonly modifier: Modifier;
  readonly id: unknown;
  readonly fresh: Set<object>;
}

/** How far an array may be filled up with nulls to reach a position. */
const BACKFILL_LIMIT = 1_500_000;

/** The document with the modifier applied, copied only along its path; the same reference where nothing changed. */
export function applyAtPath(doc: Doc, target: Target): Doc {
  return inObject(doc, target, 0, '');
}

function inObject(doc: Doc, target: Target, at: number, parent: string): Doc {
  const step = target.steps[at] as Step;
  if ('element' in step)
    throw badValue(`Cannot apply array updates to non-array element ${lastPart(parent)}: ${formatValue(doc)}`);
  const current = fieldOf(doc, step.name);
  const updated = child(current, step.name, target, at, parent);
  if (updated === current) return doc;
  const copy = owned(doc, target.fresh, () => ({ ...doc }));
  if (updated === undefined) delete copy[step.name];
  else putField(copy, step.name, updated);
  return copy;
}

function inArray(array: unknown[], target: Target, at: number, parent: string): unknown[] {
  const step = target.steps[at] as Step;
  if ('element' in step) return everyElement(array, step.element, target, at, parent);
  const index = arrayIndex(step.name);
  if (index < 0) {
    if (target.modifier.ignoresBlocked || !target.modifier.creates) return array;
    throw blocked(step.name, parent, array);
  }
  const current = array[index];
  const updated = child(current, step.name, target, at, parent);
  if (updated === current) return array;
  // Removing an element leaves null, so that the positions of the others stay.
  return withElement(array, index, updated === undefined ? null : updated, target.fresh);
}

function everyElement(array: unknown[], test: LeafTest, target: Target, at: number, parent: string): unknown[] {
  let result = array;
  for (let index = 0; index < array.length; index++) {
    const current = array[index];
    if (!test(current)) continue;
    const updated = child(current, String(index), target, at, parent);
    if (updated !== current) result = withElement(result, index, updated === undefined ? null : updated, target.fresh);
  }
  return result;
}

function withElement(array: unknown[], index: number, value: unknown, fresh: Set<object>): unknown[] {
  if (index > array.length + BACKFILL_LIMIT)
    throw locationError(2, `can't backfill more than ${BACKFILL_LIMIT} elements`);
  const copy = owned(array, fresh, () => array.slice());
  while (copy.length < index) copy.push(null);
  copy[index] = value;
  return copy;
}

/** The new value of one field or element: the modifier's effect at the end of the path, else the updated container. */
function child(current: unknown, name: string, target: Target, at: number, parent: string): unknown {
  const path = parent === '' ? name : `${parent}.${name}`;
  const { steps, modifier, id } = target;
  const next = steps[at + 1];
  if (next === undefined) return modifier.effect(current, { id, path, field: name });
  if (Array.isArray(current)) return inArray(current, target, at + 1, path);
  if (isObject(current)) return inObject(fieldsOf(current), target, at + 1, path);
  if (current === undefined) return missing(target, at + 1, path);
  if ('element' in next)
    throw badValue(`Cannot apply array updates to non-array element ${name}: ${formatValue(current)}`);
  if (modifier.ignoresBlocked) return current;
  if (modifier.creates) throw blocked(next.name, path, current);
  const text = steps.map((step) => step.name).join('.');
  throw pathNotViable(
    `Cannot use the part (${next.name}) of (${text}) to traverse the element (${formatElement(name, current)})`,
  );
}

function missing(target: Target, at: number, parent: string): unknown {
  const next = target.steps[at] as Step;
  if ('element' in next) {
    throw badValue(`The path '${parent}' must exist in the document in order to apply array updates.`);
  }
  if (!target.modifier.creates) return undefined;
  const created = inObject({}, target, at, parent);
  return Object.keys(created).length === 0 ? undefined : created;
}

function blocked(part: string, parent: string, value: unknown) {
  return pathNotViable(`Cannot create field '${part}' in element ${formatElement(lastPart(parent), value)}`);
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function owned<T extends object>(container: T, fresh: Set<object>, copy: () => T): T {
  if (fresh.has(container)) return container;
  const made = copy();
  fresh.add(made);
  return made;
}

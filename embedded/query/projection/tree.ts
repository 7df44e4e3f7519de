import { locationError } from '../errors';
import type { Doc } from '../types';
import { fieldsOf, isObject } from '../value/kind';
import { numericType, toNumber } from '../value/numeric';

/** What stands at one path of a projection. */
export type Leaf =
  | { readonly kind: 'include' }
  | { readonly kind: 'exclude' }
  | { readonly kind: 'compute'; readonly evaluate: (root: Doc) => unknown };

/** A projection by field name; nested paths are nested nodes, in the order of the specification. */
export interface Node {
  readonly children: Map<string, Node | Leaf>;
}

export function isNode(entry: Node | Leaf): entry is Node {
  return 'children' in entry;
}

export function createNode(): Node {
  return { children: new Map() };
}

/** Puts a leaf at a dotted path. @throws QueryError 31249 or 31250 where paths collide */
export function addLeaf(root: Node, path: string, leaf: Leaf): void {
  const parts = path.split('.');
  let node = root;
  for (let at = 0; at < parts.length; at++) {
    const part = parts[at] as string;
    checkPart(part, path);
    const known = node.children.get(part);
    if (at === parts.length - 1) {
      if (known !== undefined) throw locationError(31250, `Path collision at ${path}`);
      node.children.set(part, leaf);
    } else if (known === undefined) {
      const next = createNode();
      node.children.set(part, next);
      node = next;
    } else if (isNode(known)) node = known;
    else throw locationError(31249, `Path collision at ${path} remaining portion ${parts.slice(at + 1).join('.')}`);
  }
}

function checkPart(part: string, path: string): void {
  if (path === '') throw locationError(40352, 'FieldPath cannot be constructed with empty string');
  if (part === '') throw locationError(15998, 'FieldPath field names may not be empty strings.');
  if (part.startsWith('$')) {
    throw locationError(16410, "FieldPath field names may not start with '$'. Consider using $getField or $setField.");
  }
}

export type Compile = (expression: unknown) => (root: Doc) => unknown;

/** Reads `{ path: 1 | 0 | expression | { nested } }` into a tree. */
export function parseTree(specification: Doc, compile: Compile): Node {
  const root = createNode();
  addFields(root, '', specification, compile);
  return root;
}

function addFields(root: Node, prefix: string, fields: Doc, compile: Compile): void {
  for (const name of Object.keys(fields)) {
    const operand = fields[name];
    const path = prefix + name;
    const flag = flagOf(operand);
    if (flag !== null) addLeaf(root, path, { kind: flag ? 'include' : 'exclude' });
    else if (isNested(operand, path)) addFields(root, `${path}.`, operand, compile);
    else addLeaf(root, path, { kind: 'compute', evaluate: compile(operand) });
  }
}

/** True to include, false to exclude, null where the operand is no flag. */
export function flagOf(operand: unknown): boolean | null {
  if (typeof operand === 'boolean') return operand;
  return numericType(operand) === 0 ? null : toNumber(operand) !== 0;
}

export function isNested(operand: unknown, path: string): operand is Doc {
  if (!isObject(operand)) return false;
  const names = Object.keys(fieldsOf(operand));
  if (names.length === 0) {
    throw locationError(51270, `An empty sub-projection is not a valid value. Found empty object at path ${path}`);
  }
  return !names.some((name) => name.startsWith('$'));
}

export type Mode = 'inclusion' | 'exclusion';

/**
 * Inclusion as soon as a field is included or computed; `_id` alone decides nothing unless it is all there is.
 *
 * @throws QueryError 31253 or 31254 where included and excluded fields are mixed
 */
export function modeOf(root: Node): Mode {
  let mode: Mode | null = null;
  const id = root.children.get('_id');
  visit(root, '', (leaf, path) => {
    if (path === '_id') return;
    const wanted: Mode = leaf.kind === 'exclude' ? 'exclusion' : 'inclusion';
    if (mode === null) mode = wanted;
    else if (mode !== wanted) {
      throw wanted === 'inclusion'
        ? locationError(31253, `Cannot do inclusion on field ${path} in exclusion projection`)
        : locationError(31254, `Cannot do exclusion on field ${path} in inclusion projection`);
    }
  });
  if (mode !== null) return mode;
  return id !== undefined && !isNode(id) && id.kind === 'exclude' ? 'exclusion' : 'inclusion';
}

function visit(node: Node, prefix: string, see: (leaf: Leaf, path: string) => void): void {
  for (const [name, child] of node.children) {
    if (isNode(child)) visit(child, `${prefix}${name}.`, see);
    else see(child, prefix + name);
  }
}

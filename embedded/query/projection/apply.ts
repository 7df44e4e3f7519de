import type { Doc } from '../types';
import { fieldsOf, isObject } from '../value/kind';
import { fieldOf, putField } from '../value/path';
import { isNode, type Mode, type Node } from './tree';

/** Applies a whole projection, `_id` included unless it is excluded. */
export function compileTreeProjection(root: Node, mode: Mode): (doc: Doc) => Doc {
  if (mode === 'exclusion') return (doc) => excluded(doc, root);
  if (!root.children.has('_id')) {
    const children = new Map([['_id', { kind: 'include' } as const], ...root.children]);
    return (doc) => included(doc, { children }, doc);
  }
  return (doc) => included(doc, root, doc);
}

/** The included fields in the document's order, then the computed ones in the projection's. */
function included(doc: Doc, node: Node, root: Doc): Doc {
  const result: Doc = {};
  for (const name of Object.keys(doc)) {
    const child = node.children.get(name);
    if (child === undefined) continue;
    if (isNode(child)) {
      const nested = includedValue(doc[name], child, root);
      if (nested !== undefined) putField(result, name, nested);
    } else if (child.kind === 'include') putField(result, name, doc[name]);
  }
  for (const [name, child] of node.children) {
    if (isNode(child)) addComputed(result, name, child, root);
    else if (child.kind === 'compute') putComputed(result, name, child.evaluate(root));
  }
  return result;
}

function includedValue(value: unknown, node: Node, root: Doc): unknown {
  if (Array.isArray(value)) {
    return value.map((element) => includedValue(element, node, root)).filter((element) => element !== undefined);
  }
  return isObject(value) ? includedFields(fieldsOf(value), node, root) : undefined;
}

/** As included, leaving the computed fields to the pass over the whole result. */
function includedFields(doc: Doc, node: Node, root: Doc): Doc {
  const result: Doc = {};
  for (const name of Object.keys(doc)) {
    const child = node.children.get(name);
    if (child === undefined) continue;
    if (isNode(child)) {
      const nested = includedValue(doc[name], child, root);
      if (nested !== undefined) putField(result, name, nested);
    } else if (child.kind === 'include') putField(result, name, doc[name]);
  }
  return result;
}

function computes(node: Node): boolean {
  for (const child of node.children.values()) {
    if (isNode(child) ? computes(child) : child.kind === 'compute') return true;
  }
  return false;
}

function addComputed(result: Doc, name: string, node: Node, root: Doc): void {
  if (computes(node)) putField(result, name, added(fieldOf(result, name), node, root));
}

function putComputed(result: Doc, name: string, value: unknown): void {
  if (value !== undefined) putField(result, name, value);
}

export function excluded(doc: Doc, node: Node): Doc {
  const result: Doc = {};
  for (const name of Object.keys(doc)) {
    const child = node.children.get(name);
    if (child === undefined) putField(result, name, doc[name]);
    else if (isNode(child)) putField(result, name, excludedValue(doc[name], child));
    else if (child.kind !== 'exclude') putField(result, name, doc[name]);
  }
  return result;
}

function excludedValue(value: unknown, node: Node): unknown {
  if (Array.isArray(value)) return value.map((element) => excludedValue(element, node));
  return isObject(value) ? excluded(fieldsOf(value), node) : value;
}

/** The value with the node's computed fields set: in each element of an array, and in a new object for a scalar. */
export function added(value: unknown, node: Node, root: Doc): unknown {
  if (Array.isArray(value)) return value.map((element) => added(element, node, root));
  const result: Doc = isObject(value) ? { ...fieldsOf(value) } : {};
  for (const [name, child] of node.children) {
    if (isNode(child)) {
      if (computes(child)) putField(result, name, added(fieldOf(result, name), child, root));
    } else if (child.kind === 'compute') {
      const computed = child.evaluate(root);
      if (computed === undefined) delete result[name];
      else putField(result, name, computed);
    }
  }
  return result;
}

import { emptyFieldName } from '../errors';
import type { Doc } from '../types';
import { fieldsOf, isObject } from './kind';

/** A dotted path cut once: `indexes[i]` is the array position that `parts[i]` names, or -1 where it names none. */
export interface Path {
  readonly text: string;
  readonly parts: readonly string[];
  readonly indexes: readonly number[];
}

export type LeafTest = (value: unknown) => boolean;

export function parsePath(text: string): Path {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const parts = text.split('.');
  const path: Path = { text, parts, indexes: parts.map(arrayIndex) };
  if (parsed.size >= PARSED_LIMIT) parsed.clear();
  parsed.set(text, path);
  return path;
}

/** A program names few different paths, each of them in most of its commands. */
const parsed = new Map<string, Path>();
const PARSED_LIMIT = 2000;

/** As parsePath, refusing empty parts with error 56. */
export function parseUpdatePath(text: string): Path {
  if (text === '') throw emptyFieldName('An empty update path is not valid.');
  const path = parsePath(text);
  if (path.parts.includes('')) {
    throw emptyFieldName(`The update path '${text}' contains an empty field name, which is not allowed.`);
  }
  return path;
}

/** The array position a path part names: "0", "12", never "01" or "-1". */
export function arrayIndex(part: string): number {
  return /^(?:0|[1-9]\d{0,8})$/.test(part) ? Number(part) : -1;
}

const objectPrototype = Object.prototype;

/** The field's own value; a field named "constructor" or "__proto__" is not read from the prototype. */
export function fieldOf(doc: Doc, key: string): unknown {
  const value = doc[key];
  if (typeof value !== 'function' && value !== objectPrototype) return value;
  return Object.hasOwn(doc, key) ? value : undefined;
}

/** Sets a field; "__proto__" becomes an ordinary field and not the prototype. */
export function putField(doc: Doc, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(doc, key, { value, writable: true, enumerable: true, configurable: true });
  } else doc[key] = value;
}

/** The value at a path through objects and explicit array positions only; undefined where missing. */
export function getPath(doc: Doc, path: string | Path): unknown {
  const { parts, indexes } = typeof path === 'string' ? parsePath(path) : path;
  let value: unknown = doc;
  for (let at = 0; at < parts.length; at++) {
    if (Array.isArray(value)) value = value[indexes[at] ?? -1];
    else if (isObject(value)) value = fieldOf(fieldsOf(value), parts[at] as string);
    else return undefined;
  }
  return value;
}

/** A copy of the document with the path set, missing objects on the way created; only the touched path is copied. */
export function setPath(doc: Doc, path: string, value: unknown): Doc {
  return setParts(doc, path.split('.'), 0, value);
}

function setParts(doc: Doc, parts: readonly string[], at: number, value: unknown): Doc {
  const copy: Doc = { ...doc };
  const key = parts[at] as string;
  if (at === parts.length - 1) putField(copy, key, value);
  else {
    const child = fieldOf(doc, key);
    putField(copy, key, setParts(isObject(child) ? fieldsOf(child) : {}, parts, at + 1, value));
  }
  return copy;
}

/**
 * Whether a value at the path passes, with the query language's way through arrays: a part is looked up in every
 * object of an array and, where it is a number, also at that position. A missing value is tested as undefined.
 * `expand` also tests each element of an array standing at the end of the path, besides the array itself.
 */
export function anyAtPath(doc: Doc, path: Path, expand: boolean, test: LeafTest): boolean {
  return anyInObject(doc, path, 0, expand, test);
}

function anyInObject(doc: Doc, path: Path, at: number, expand: boolean, test: LeafTest): boolean {
  const value = fieldOf(doc, path.parts[at] as string);
  if (at === path.parts.length - 1) return testLeaf(value, expand, test);
  if (Array.isArray(value)) return anyInArray(value, path, at + 1, expand, test);
  if (isObject(value)) return anyInObject(fieldsOf(value), path, at + 1, expand, test);
  return test(undefined);
}

export function testLeaf(value: unknown, expand: boolean, test: LeafTest): boolean {
  if (expand && Array.isArray(value)) {
    for (const element of value) if (test(element)) return true;
  }
  return test(value);
}

export function anyInArray(values: unknown[], path: Path, at: number, expand: boolean, test: LeafTest): boolean {
  for (const element of values) {
    if (isObject(element) && anyInObject(fieldsOf(element), path, at, expand, test)) return true;
  }
  const index = path.indexes[at] as number;
  if (index < 0 || index >= values.length) return false;
  const element = values[index];
  // An array reached by its position is tested whole, not element by element.
  if (at === path.parts.length - 1) return test(element);
  if (Array.isArray(element)) return anyInArray(element, path, at + 1, expand, test);
  return isObject(element) && anyInObject(fieldsOf(element), path, at + 1, expand, test);
}

/** Every value at the path by the same rules, a missing one as undefined; arrays at the end are given whole. */
export function valuesAtPath(doc: Doc, path: Path): unknown[] {
  const values: unknown[] = [];
  anyAtPath(doc, path, false, (value) => {
    values.push(value);
    return false;
  });
  return values;
}

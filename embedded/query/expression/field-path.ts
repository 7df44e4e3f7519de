import { locationError } from '../errors';
import type { Doc } from '../types';
import { fieldsOf, isObject } from '../value/kind';
import { fieldOf } from '../value/path';
import type { Env, Evaluate, Scope } from './scope';

/** `$a.b` reads the current document, `$$name.a.b` a variable. */
export function compileFieldPath(text: string, scope: Scope): Evaluate {
  if (text.startsWith('$$')) return compileVariable(text.slice(2), scope);
  if (text === '$') throw locationError(16872, "'$' by itself is not a valid FieldPath");
  const parts = splitPath(text.slice(1));
  const [only] = parts;
  const rebound = scope.slotOf('CURRENT');
  if (rebound !== undefined) return (env) => readFrom(env.slots[rebound], parts, 0);
  if (parts.length === 1 && only !== undefined) {
    return (env) => (isObject(env.current) ? fieldOf(fieldsOf(env.current), only) : undefined);
  }
  return (env) => readFrom(env.current, parts, 0);
}

function splitPath(path: string): string[] {
  const parts = path.split('.');
  if (path.endsWith('.')) throw locationError(40353, "FieldPath must not end with a '.'.");
  for (const part of parts) {
    if (part === '') throw locationError(15998, 'FieldPath field names may not be empty strings.');
    if (part.startsWith('$')) {
      throw locationError(
        16410,
        `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
      );
    }
  }
  return parts;
}

function compileVariable(text: string, scope: Scope): Evaluate {
  const dot = text.indexOf('.');
  const name = dot < 0 ? text : text.slice(0, dot);
  const parts = dot < 0 ? [] : splitPath(text.slice(dot + 1));
  if (name === '') throw locationError(16869, 'empty variable names are not allowed');
  const read = variableReader(name, scope);
  return parts.length === 0 ? read : (env) => readFrom(read(env), parts, 0);
}

function variableReader(name: string, scope: Scope): Evaluate {
  const slot = scope.slotOf(name);
  if (slot !== undefined) return (env) => env.slots[slot];
  const { variables, now } = scope.context;
  if (variables.has(name)) {
    const value = variables.get(name);
    return () => value;
  }
  switch (name) {
    case 'ROOT':
      return (env: Env) => env.root;
    case 'CURRENT':
      return (env: Env) => env.current;
    case 'NOW':
      return () => now;
    case 'REMOVE':
      return () => undefined;
    case 'DESCEND':
      return () => 'descend';
    case 'PRUNE':
      return () => 'prune';
    case 'KEEP':
      return () => 'keep';
    default:
      throw locationError(17276, `Use of undefined variable: ${name}`);
  }
}

/** The value at a path; through an array it is the list of what its objects have there. Numbers are no positions here. */
export function readFrom(value: unknown, parts: readonly string[], at: number): unknown {
  if (at === parts.length) return value;
  if (Array.isArray(value)) {
    const found: unknown[] = [];
    for (const element of value) {
      const nested = isObject(element) ? readFrom(element, parts, at) : undefined;
      if (nested !== undefined) found.push(nested);
    }
    return found;
  }
  return isObject(value) ? readFrom(fieldOf(fieldsOf(value), parts[at] as string), parts, at + 1) : undefined;
}

/** Reads a dotted path of a document with the rules of expressions. */
export function compilePathReader(path: string): (doc: Doc) => unknown {
  const parts = path.split('.');
  return (doc) => readFrom(doc, parts, 0);
}

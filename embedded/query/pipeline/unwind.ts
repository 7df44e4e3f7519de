import { Long } from 'bson';
import { locationError } from '../errors';
import type { Doc } from '../types';
import { fieldsOf, isNullish, isObject } from '../value/kind';
import { getPath, setPath } from '../value/path';
import { typeName } from '../value/type-name';
import type { StageCompiler } from './stage';

/** `$unwind`: one document for each element; a value that is no array counts as its only element. */
const unwind: StageCompiler = (argument) => {
  const { path, preserve, indexField } = unwindArguments(argument);
  return function* (docs) {
    for (const doc of docs) {
      const value = objectsOnly(doc, path);
      if (Array.isArray(value) && value.length > 0) {
        for (const [at, element] of value.entries()) {
          yield withIndex(setPath(doc, path, element), indexField, Long.fromNumber(at));
        }
      } else if (Array.isArray(value) || isNullish(value)) {
        if (preserve) yield withIndex(Array.isArray(value) ? withoutPath(doc, path.split('.')) : doc, indexField, null);
      } else yield withIndex(doc, indexField, null);
    }
  };
};

/** Arrays on the way have no value at the path: the stage does not descend into them. */
function objectsOnly(doc: Doc, path: string): unknown {
  const parts = path.split('.');
  let parent: unknown = doc;
  for (const part of parts.slice(0, -1)) parent = isObject(parent) ? getPath(fieldsOf(parent), part) : undefined;
  return isObject(parent) ? getPath(fieldsOf(parent), parts[parts.length - 1] as string) : undefined;
}

function withIndex(doc: Doc, field: string | null, index: Long | null): Doc {
  return field === null ? doc : setPath(doc, field, index);
}

function withoutPath(doc: Doc, parts: readonly string[]): Doc {
  const [first, ...rest] = parts;
  if (first === undefined) return doc;
  const copy = { ...doc };
  if (rest.length === 0) delete copy[first];
  else copy[first] = withoutPath(fieldsOf(copy[first] as Doc), rest);
  return copy;
}

function unwindArguments(argument: unknown): { path: string; preserve: boolean; indexField: string | null } {
  if (typeof argument === 'string') return { path: pathOf(argument), preserve: false, indexField: null };
  if (!isObject(argument)) {
    throw locationError(
      15981,
      `expected either a string or an object as specification for $unwind stage, got ${typeName(argument)}`,
    );
  }
  const {
    path,
    preserveNullAndEmptyArrays: preserve = false,
    includeArrayIndex: indexField = null,
    ...rest
  } = argument;
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw locationError(28811, `unrecognized option to $unwind stage: ${unknown}`);
  if (path === undefined) throw locationError(28812, 'no path specified to $unwind stage');
  if (typeof path !== 'string') {
    throw locationError(28808, `expected a string as the path for $unwind stage, got ${typeName(path)}`);
  }
  if (typeof preserve !== 'boolean') {
    throw locationError(
      28809,
      `expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage, got ${typeName(preserve)}`,
    );
  }
  if (indexField !== null && (typeof indexField !== 'string' || indexField === '')) {
    throw locationError(
      28810,
      `expected a non-empty string for the includeArrayIndex  option to $unwind stage, got ${typeName(indexField)}`,
    );
  }
  if (indexField?.startsWith('$')) {
    throw locationError(
      28822,
      `includeArrayIndex option to $unwind stage should not be prefixed with a '$': ${indexField}`,
    );
  }
  return { path: pathOf(path), preserve, indexField };
}

function pathOf(path: string): string {
  if (!path.startsWith('$') || path.length < 2) {
    throw locationError(28818, `path option to $unwind stage should be prefixed with a '$': ${path}`);
  }
  return path.slice(1);
}

export const UNWIND_STAGES: ReadonlyMap<string, StageCompiler> = new Map([['$unwind', unwind]]);

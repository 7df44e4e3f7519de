import { Int32 } from 'bson';
import type { Doc } from '../document/decode';
import { shellText } from '../document/shell-text';
import { QueryError } from '../query/errors';
import type { IndexDefinition } from './index-definition';

/** MongoDB's E11000, with the fields that drivers and mongoose read. */
export class DuplicateKeyError extends QueryError {
  readonly keyPattern: Doc;
  readonly keyValue: Doc;

  constructor(ns: string, index: IndexDefinition, values: readonly unknown[]) {
    const keyValue = Object.fromEntries(index.fields.map(({ path }, i) => [path, values[i]]));
    super(
      11000,
      'DuplicateKey',
      `E11000 duplicate key error collection: ${ns} index: ${index.name} dup key: ${shellText(keyValue)}`,
    );
    this.keyPattern = Object.fromEntries(
      index.fields.map(({ path, descending }) => [path, new Int32(descending ? -1 : 1)]),
    );
    this.keyValue = keyValue;
  }
}

export class ParallelArraysCommandError extends QueryError {
  constructor(paths: readonly string[]) {
    super(171, 'CannotIndexParallelArrays', `cannot index parallel arrays [${paths.at(-1)}] [${paths[0]}]`);
  }
}

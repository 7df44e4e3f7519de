import { Int32 } from 'bson';
import type { Doc } from '../document/decode';
import { isDoc, toFlag } from '../document/scalars';
import { compileFilter, type Predicate } from '../query';
import type { Collection } from '../storage/collection';
import { CommandError, errors } from './command-error';
import { typeName } from './context';

const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

const validators = new WeakMap<Doc, Predicate>();

/** What every document that is about to be stored must satisfy. */
export function checkDocument(collection: Collection, doc: Doc, raw: Buffer, command: Doc): void {
  if (raw.length > MAX_DOCUMENT_BYTES) throw errors.objectTooLarge(raw.length);
  const { validator, validationLevel, validationAction } = collection.options;
  if (
    !isDoc(validator) ||
    validationLevel === 'off' ||
    validationAction === 'warn' ||
    toFlag(command['bypassDocumentValidation'])
  )
    return;
  let passes = validators.get(validator);
  if (passes === undefined) {
    passes = compileFilter(validator);
    validators.set(validator, passes);
  }
  if (!passes(doc))
    throw errors.documentValidation({ failingDocumentId: doc['_id'], details: { operatorName: 'validator' } });
}

/** An _id can be neither an array, a regular expression nor undefined, nor an object with operators. */
export function checkId(id: unknown): void {
  if (id === undefined || Array.isArray(id) || typeName(id) === 'regex') {
    const type = id === undefined ? 'undefined' : typeName(id);
    throw new CommandError(2, 'BadValue', `The '_id' value cannot be of type ${type}`);
  }
  if (isDoc(id)) {
    const operator = Object.keys(id).find(
      (name) => name.startsWith('$') && name !== '$ref' && name !== '$id' && name !== '$db',
    );
    if (operator !== undefined)
      throw new CommandError(
        52,
        'DollarPrefixedFieldName',
        `_id fields may not contain '$'-prefixed fields: ${operator} is not valid for storage.`,
      );
  }
}

export const int = (value: number): Int32 => new Int32(value);

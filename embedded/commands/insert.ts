import { ObjectId } from 'bson';
import { type Doc, decodeDocument } from '../document/decode';
import { encodeDocument } from '../document/encode';
import { isDoc } from '../document/scalars';
import type { Command } from './command';
import { errors } from './command-error';
import { checkDocument, checkId } from './document-rules';
import { results, runStatements, writeErrors } from './write-statements';

export const insert: Command = {
  name: 'insert',
  fields: ['documents', 'ordered', 'bypassDocumentValidation', 'stmtId', 'stmtIds'],
  transactional: true,
  retryable: true,
  run: async (context) => {
    const { body } = context;
    const ns = context.ns;
    const documents = body['documents'];
    if (!Array.isArray(documents)) throw errors.missingField('insert', 'documents');
    checkBatchSize(documents.length);
    const prepared = documents.map((raw: Buffer) => prepare(raw));
    const outcomes = await runStatements(context, prepared.length, (index) => {
      const collection = context.ensureCollection(ns);
      const document = prepared[index] as Prepared;
      checkDocument(collection, document.doc, document.raw, body);
      collection.insert(context.kv, document.doc, document.raw);
      return { n: 1 };
    });
    return { n: results(outcomes).length, ...writeErrors(outcomes) };
  },
};

export interface Prepared {
  readonly doc: Doc;
  readonly raw: Buffer;
}

/** MongoDB stores `_id` first, and gives one where there is none. */
function prepare(raw: Buffer): Prepared {
  const doc = decodeDocument(raw);
  const [first] = Object.keys(doc);
  if (first === '_id') return checked(doc, raw);
  const { _id = new ObjectId(), ...rest } = doc;
  const ordered = { _id, ...rest };
  return checked(ordered, encodeDocument(ordered));
}

function checked(doc: Doc, raw: Buffer): Prepared {
  checkId(doc['_id']);
  return { doc, raw };
}

export function checkBatchSize(size: number): void {
  if (size === 0 || size > 100_000)
    throw errors.badValue(`Write batch sizes must be between 1 and 100000. Got ${size} operations.`);
}

export function statementDocs(body: Doc, field: string, command: string): Doc[] {
  const list = body[field];
  if (!Array.isArray(list)) throw errors.missingField(command, field);
  checkBatchSize(list.length);
  for (const item of list)
    if (!isDoc(item))
      throw errors.typeMismatch(`BSON field '${command}.${field}.0' is the wrong type, expected type 'object'`);
  return list as Doc[];
}

export function checkFields(statement: Doc, allowed: readonly string[], command: string): void {
  for (const field of Object.keys(statement)) if (!allowed.includes(field)) throw errors.unknownField(command, field);
}

import { type Context, createContext } from '../context';
import { badValue, immutableField } from '../errors';
import { filterScope } from '../filter/filter';
import { indexFinder } from '../filter/matched-index';
import type { FilterScope } from '../filter/scope';
import { compileUpdatePipeline } from '../pipeline/update-pipeline';
import type { Collation, Doc } from '../types';
import { compareWith } from '../value/compare';
import { applyAtPath, type Step, type Target } from './apply-path';
import { type ArrayFilters, compileArrayFilters } from './array-filters';
import { type Operation, parseOperations } from './operations';
import { replaceDocument } from './replacement';

export interface UpdateOptions {
  /** The filter that selected the document; needed by the positional `$`. */
  readonly filter?: Doc | undefined;
  readonly arrayFilters?: readonly Doc[] | undefined;
  /** Whether the document is the seed of an upsert that inserts: only then `$setOnInsert` acts. */
  readonly isUpsertInsert?: boolean | undefined;
  readonly now: Date;
  readonly let?: Doc | undefined;
  readonly collation?: Collation | undefined;
}

export type Update = Doc | readonly Doc[];

/** Whether the update is made of operators; a replacement or a pipeline is not. */
export function isOperatorUpdate(update: unknown): boolean {
  if (typeof update !== 'object' || update === null || Array.isArray(update)) return false;
  for (const first in update) return first.startsWith('$');
  return false;
}

/**
 * The updated document: a new one that shares what was not touched, or the same reference where nothing changed.
 *
 * @throws QueryError with the server's codes: 9, 14, 28, 40, 52, 56, 66 and others
 */
export function applyUpdate(doc: Doc, update: Update, options: UpdateOptions): Doc {
  return compileUpdate(update, options)(doc);
}

/** As applyUpdate, parsed once for many documents. */
export function compileUpdate(update: Update, options: UpdateOptions): (doc: Doc) => Doc {
  const context = createContext(options);
  if (Array.isArray(update)) return keepingId(compileUpdatePipeline(update as readonly Doc[], context), context);
  if (!isOperatorUpdate(update)) return (doc) => replaceDocument(doc, update as Doc, context);
  return compileOperators(update as Doc, options, context);
}

function compileOperators(update: Doc, options: UpdateOptions, context: Context): (doc: Doc) => Doc {
  const scope = filterScope(context);
  const filters = compileArrayFilters(options.arrayFilters ?? [], scope);
  const operations = parseOperations(update, scope, options.isUpsertInsert === true).map((operation) => ({
    operation,
    stepsFor: compileSteps(operation, filters, options.filter, scope),
  }));
  filters.checkUsed(update);
  const apply = (doc: Doc): Doc => {
    const fresh = new Set<object>();
    const id = doc['_id'];
    let result = doc;
    for (const { operation, stepsFor } of operations) {
      const target: Target = { steps: stepsFor(doc), modifier: operation.modifierFor(doc), id, fresh };
      result = applyAtPath(result, target);
    }
    return result;
  };
  const touchesId = operations.some(({ operation }) => operation.path.parts[0] === '_id');
  return touchesId ? keepingId(apply, context) : apply;
}

/** The `_id` may be set where there is none yet, and never change. */
function keepingId(apply: (doc: Doc) => Doc, context: Context): (doc: Doc) => Doc {
  return (doc) => {
    const result = apply(doc);
    const id = doc['_id'];
    if (id === undefined || result === doc) return result;
    if (result['_id'] === undefined && !('_id' in result)) return { _id: id, ...result };
    if (compareWith(id, result['_id'], undefined) !== 0 && compareWith(id, result['_id'], context.strings) !== 0) {
      throw immutableField("Performing an update on the path '_id' would modify the immutable field '_id'");
    }
    return result;
  };
}

/** The path's steps for a document; only the positional `$` depends on it. */
function compileSteps(
  operation: Operation,
  filters: ArrayFilters,
  filter: Doc | undefined,
  scope: FilterScope,
): (doc: Doc) => readonly Step[] {
  const { parts, text } = operation.path;
  if (parts[0]?.startsWith('$') && /^\$(\[.*\])?$/.test(parts[0])) {
    throw badValue(`Cannot have array filter or positional operator at the start of the path '${text}'`);
  }
  const steps = parts.map((name): Step => {
    const identifier = /^\$\[(.*)\]$/.exec(name)?.[1];
    if (identifier === undefined) return { name };
    return { name, element: identifier === '' ? () => true : filters.testOf(identifier, text) };
  });
  const positional = parts.indexOf('$');
  if (positional < 0) return () => steps;
  if (parts.indexOf('$', positional + 1) >= 0)
    throw badValue(`Too many positional (i.e. '$') elements found in path '${text}'`);
  const arrayPath = parts.slice(0, positional).join('.');
  const find = indexFinder(filter ?? {}, arrayPath, scope);
  return (doc) => {
    const index = find(doc);
    if (index === undefined) {
      throw badValue('The positional operator did not find the match needed from the query.');
    }
    return steps.map((step, at) => (at === positional ? { name: String(index) } : step));
  };
}

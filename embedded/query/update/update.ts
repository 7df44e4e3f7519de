import { type Context, createContext } from '../context';
import { badValue, immutableField } from '../errors';
import { filterScope } from '../filter/filter';
import { indexFinder } from '../filter/matched-index';
import type { FilterScope } from '../filter/scope';
import { compileUpdatePipeline } from '../pipeline/update-pipeline';
import type { Collation, Doc } from '../types';
import { compareWith } from '../value/compare';
import { applyAtPath, type Step, type Target } from './apply-path';
import { type ArrayFilters, compileArrayFilters, NO_ARRAY_FILTERS } from './array-filters';
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
  if (Array.isArray(update)) return keepingId(compileUpdatePipeline(update as readonly Doc[], context));
  if (!isOperatorUpdate(update)) return (doc) => replaceDocument(doc, update as Doc);
  return compileOperators(update as Doc, options, context);
}

function compileOperators(update: Doc, options: UpdateOptions, context: Context): (doc: Doc) => Doc {
  const scope = filterScope(context);
  const filters = options.arrayFilters?.length ? compileArrayFilters(options.arrayFilters, scope) : NO_ARRAY_FILTERS;
  const operations = parseOperations(update, scope, options.isUpsertInsert === true);
  const steps = operations.map((operation) => compileSteps(operation, filters, options.filter, scope));
  filters.checkUsed(update);
  const touchesId = operations.some(({ path }) => path.parts[0] === '_id');
  return (doc) => {
    const fresh = new Set<object>();
    const id = doc['_id'];
    let result = doc;
    for (let at = 0; at < operations.length; at++) {
      const { modifier } = operations[at] as Operation;
      const path = steps[at] as StepsFor;
      const target: Target = {
        steps: typeof path === 'function' ? path(doc) : path,
        modifier: typeof modifier === 'function' ? modifier(doc) : modifier,
        id,
        fresh,
      };
      result = applyAtPath(result, target);
    }
    if (touchesId && result !== doc) checkId(id, result['_id']);
    return result;
  };
}

/** The `_id` may be set where there is none yet, and never change, whatever the collation calls equal. */
function checkId(before: unknown, after: unknown): void {
  if (before === undefined || compareWith(before, after, undefined) === 0) return;
  throw immutableField("Performing an update on the path '_id' would modify the immutable field '_id'");
}

/** A pipeline that loses the `_id` keeps it all the same. */
function keepingId(apply: (doc: Doc) => Doc): (doc: Doc) => Doc {
  return (doc) => {
    const result = apply(doc);
    const id = doc['_id'];
    if (id === undefined || result === doc) return result;
    if (result['_id'] === undefined) return { _id: id, ...result };
    checkId(id, result['_id']);
    return result;
  };
}

type StepsFor = readonly Step[] | ((doc: Doc) => readonly Step[]);

/** The path's steps; only the positional `$` depends on the document. */
function compileSteps(
  operation: Operation,
  filters: ArrayFilters,
  filter: Doc | undefined,
  scope: FilterScope,
): StepsFor {
  const { parts, text } = operation.path;
  if (!text.includes('$')) return parts.map((name) => ({ name }));
  if (parts[0]?.startsWith('$') && /^\$(\[.*\])?$/.test(parts[0])) {
    throw badValue(`Cannot have array filter or positional operator at the start of the path '${text}'`);
  }
  const steps = parts.map((name): Step => {
    const identifier = /^\$\[(.*)\]$/.exec(name)?.[1];
    if (identifier === undefined) return { name };
    return { name, element: identifier === '' ? () => true : filters.testOf(identifier, text) };
  });
  const positional = parts.indexOf('$');
  if (positional < 0) return steps;
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

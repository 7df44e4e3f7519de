import { Int32 } from 'bson';
import type { Doc } from '../document/decode';
import { toFlag } from '../document/scalars';
import { QueryError } from '../query/errors';
import { readRetryRecord, writeRetryRecord } from '../sessions/retry-record';
import { LockedError, type LockOwner } from '../storage/locks';
import { errors } from './command-error';
import type { CommandContext } from './context';
import { type Progress, Unfinished } from './multi-target';

export type Outcome<T extends Doc> =
  | { readonly index: number; readonly result: T }
  | { readonly index: number; readonly error: QueryError };

/** Statements in one batch at most, so that other clients get their turn. */
const MAX_PER_STEP = 500;

/**
 * Runs the statements of an insert, update or delete. Each is done whole or not at all. An ordered run stops at the
 * first error. What a retryable write has already answered is answered again and not done again.
 */
export async function runStatements<T extends Doc>(
  context: CommandContext,
  total: number,
  execute: Execute<T>,
): Promise<Outcome<T>[]> {
  const ordered = context.body['ordered'] === undefined || toFlag(context.body['ordered']);
  const outcomes: Outcome<T>[] = [];
  let next = 0;
  let progress: Progress | undefined;
  while (next < total) {
    const step = await context.write(() => runStep(context, next, total, ordered, execute, progress));
    outcomes.push(...step.outcomes);
    next = step.next;
    progress = step.progress;
    if (step.stopped) break;
    if (step.blockedBy !== undefined) await context.waitFor(step.blockedBy);
  }
  return outcomes;
}

/** Does a statement, or goes on with one that was left unfinished. */
type Execute<T extends Doc> = (index: number, progress: Progress | undefined) => T | Unfinished;

interface Step<T extends Doc> {
  readonly outcomes: Outcome<T>[];
  readonly next: number;
  readonly stopped: boolean;
  readonly blockedBy: LockOwner | undefined;
  /** How far the statement `next` has come already. */
  readonly progress: Progress | undefined;
}

function runStep<T extends Doc>(
  context: CommandContext,
  from: number,
  total: number,
  ordered: boolean,
  execute: Execute<T>,
  progress: Progress | undefined,
): Step<T> {
  const outcomes: Outcome<T>[] = [];
  const retry = retryable<T>(context);
  const first = statementIds(context, total);
  let stopped = false;
  let blockedBy: LockOwner | undefined;
  let left: Unfinished | undefined;
  let next = from;
  for (; next < total && next - from < MAX_PER_STEP && !stopped; next++) {
    const statement = first(next);
    const earlier = retry.find(statement);
    if (earlier !== undefined) {
      outcomes.push({ index: next, result: earlier });
      continue;
    }
    const injected = retry.isActive ? context.server.failPoints.forRetryableWrite() : undefined;
    if (injected !== undefined) context.losesConnection = true;
    if (injected?.done === false) {
      stopped = true;
      break;
    }
    try {
      const result = execute(next, next === from ? progress : undefined);
      if (result instanceof Unfinished) {
        left = result;
        break;
      }
      retry.add(statement, result);
      outcomes.push({ index: next, result });
    } catch (error) {
      if (error instanceof LockedError) {
        blockedBy = error.owner;
        break;
      }
      if (!(error instanceof QueryError)) throw error;
      outcomes.push({ index: next, error });
      stopped = ordered;
    }
  }
  retry.save();
  return { outcomes, next, stopped, blockedBy: blockedBy ?? left?.blockedBy, progress: left?.progress };
}

function statementIds({ body }: CommandContext, total: number): (index: number) => number {
  const { stmtId, stmtIds } = body;
  if (Array.isArray(stmtIds) && stmtIds.length === total) return (index) => Number((stmtIds[index] as Int32).value);
  const first = stmtId instanceof Int32 ? stmtId.value : 0;
  return (index) => first + index;
}

interface Retry<T extends Doc> {
  readonly isActive: boolean;
  find(statement: number): T | undefined;
  add(statement: number, result: T): void;
  /** To be called in the batch that did the work. */
  save(): void;
}

const ONE: Doc = { n: 1 };

/** The memory of a retryable write; for any other write it remembers nothing. */
export function retryable<T extends Doc>(context: CommandContext): Retry<T> {
  const { session, txnNumber, server, transaction } = context;
  if (session === undefined || txnNumber === undefined || transaction !== undefined)
    return { isActive: false, find: () => undefined, add: () => undefined, save: () => undefined };
  const stored = readRetryRecord(server.store, session);
  if (stored !== undefined && stored.txnNumber > txnNumber)
    throw errors.transactionTooOld(
      `Retryable write with txnNumber ${txnNumber} is prohibited on session because a newer retryable write with txnNumber ${stored.txnNumber} has already started on this session.`,
    );
  const results = new Map<number, Doc>(stored?.txnNumber === txnNumber ? stored.results : []);
  let changed = false;
  return {
    isActive: true,
    find: (statement) => {
      const found = results.get(statement);
      return found === undefined ? undefined : ((Object.keys(found).length === 0 ? ONE : found) as T);
    },
    add: (statement, result) => {
      changed = true;
      results.set(statement, Object.keys(result).length === 1 && result['n'] === 1 ? {} : result);
    },
    save: () => {
      if (changed) writeRetryRecord(server.store, session, { txnNumber, committed: false, results }, new Date());
    },
  };
}

/** The writeErrors of a reply, or nothing. */
export function writeErrors(outcomes: readonly Outcome<Doc>[]): Doc {
  const list = outcomes.flatMap((outcome) => ('error' in outcome ? [errorDoc(outcome.index, outcome.error)] : []));
  return list.length === 0 ? {} : { writeErrors: list };
}

function errorDoc(index: number, error: QueryError): Doc {
  const fields = error as QueryError & { keyPattern?: Doc; keyValue?: Doc; fields?: Doc };
  return {
    index,
    code: error.code,
    errmsg: error.message,
    ...(fields.keyPattern === undefined ? {} : { keyPattern: fields.keyPattern, keyValue: fields.keyValue }),
    ...fields.fields,
  };
}

export function results<T extends Doc>(outcomes: readonly Outcome<T>[]): { index: number; result: T }[] {
  return outcomes.flatMap((outcome) => ('result' in outcome ? [outcome] : []));
}

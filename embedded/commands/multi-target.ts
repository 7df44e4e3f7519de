import type { Collection, Stored } from '../storage/collection';
import type { RecordId } from '../storage/keyspace';
import { LockedError, type LockOwner } from '../storage/locks';
import type { CommandContext } from './context';
import { type Selection, select } from './selection';

/** How far a statement has come that changes many documents. */
export interface Progress {
  readonly n: number;
  readonly nModified: number;
  /** Records that matched and are still to be looked at. */
  readonly rest: readonly RecordId[];
}

/** A statement gives the others their turn, or waits for a transaction, and goes on in a later batch. */
export class Unfinished {
  constructor(
    readonly progress: Progress,
    readonly blockedBy: LockOwner | undefined,
  ) {}
}

/** Documents that one statement changes in one batch. */
const PER_BATCH = 500;

/**
 * Changes the documents of a selection, or with `only` the first of them. As in MongoDB a statement about many is not
 * one unit: others may write in between, and a document that no longer matches when its turn comes is left alone. In a
 * transaction everything is done at once.
 */
export function changeTargets(
  context: CommandContext,
  collection: Collection,
  selection: Selection,
  only: 'first' | 'all',
  progress: Progress | undefined,
  change: (stored: Stored) => boolean,
): Progress | Unfinished {
  const size = context.transaction === undefined ? PER_BATCH : Number.POSITIVE_INFINITY;
  const { targets, rest } =
    progress === undefined
      ? firstTargets(context, collection, selection, only, size)
      : nextTargets(context, collection, selection, progress, size);
  let n = progress?.n ?? 0;
  let nModified = progress?.nModified ?? 0;
  for (const [i, stored] of targets.entries()) {
    try {
      if (change(stored)) nModified++;
      n++;
    } catch (error) {
      if (!(error instanceof LockedError)) throw error;
      const left = targets.slice(i).map(({ record }) => record);
      return new Unfinished({ n, nModified, rest: [...left, ...rest] }, error.owner);
    }
  }
  return rest.length === 0 ? { n, nModified, rest } : new Unfinished({ n, nModified, rest }, undefined);
}

interface Targets {
  readonly targets: readonly Stored[];
  readonly rest: readonly RecordId[];
}

/** All matches are found before the first is changed, so that none is met again where its change has put it. */
function firstTargets(
  context: CommandContext,
  collection: Collection,
  selection: Selection,
  only: 'first' | 'all',
  size: number,
): Targets {
  const targets: Stored[] = [];
  const rest: RecordId[] = [];
  for (const stored of select(context, collection, selection)) {
    if (targets.length < size) targets.push(stored);
    else rest.push(stored.record);
    if (only === 'first') break;
  }
  return { targets, rest };
}

function nextTargets(
  context: CommandContext,
  collection: Collection,
  { matches }: Selection,
  { rest }: Progress,
  size: number,
): Targets {
  if (collection.dropped) return { targets: [], rest: [] };
  const targets = rest.slice(0, size).flatMap((record) => {
    const stored = collection.read(context.kv, record);
    return stored !== undefined && matches(stored.doc) ? [stored] : [];
  });
  return { targets, rest: rest.slice(size) };
}

import { isId } from '../../../platform/ids/id';
import { Refusal } from '../../../platform/user-errors/refusal';
import { type Review, type ReviewDraft, readReview } from './review';

/** One review of another system. */
export interface ReviewRow {
  /** The system it comes from, for example "luma". */
  readonly source: string;
  /** Its id there; with the source it identifies the review for good. */
  readonly externalId: string;
  readonly productId: string;
  readonly reviewerName: string;
  readonly rating: number;
  readonly title: string;
  readonly body: string;
  readonly createdAt: Date;
}

export interface RefusedRow {
  readonly externalId: string;
  readonly reason: string;
}

/** A row that may be written, and the key by which it exists once. */
export interface ReadyRow {
  readonly key: string;
  readonly row: ReviewRow;
  readonly draft: ReviewDraft;
}

const MAX_NAME = 100;
const MAX_KEY = 200;

/** What an imported review exists once by. */
export function importKey(row: Pick<ReviewRow, 'source' | 'externalId'>): string {
  return `import:${row.source}:${row.externalId}`;
}

/**
 * Rows that can be imported, each key once, in order. A row repeated word for word counts as a repeat; one that says
 * something else under the same id is refused, as is a row with a bad value.
 */
export function readRows(rows: readonly ReviewRow[]): {
  readonly ready: readonly ReadyRow[];
  readonly repeated: number;
  readonly refused: readonly RefusedRow[];
} {
  const ready = new Map<string, ReadyRow>();
  const refused: RefusedRow[] = [];
  let repeated = 0;
  for (const row of rows) {
    const outcome = readRow(row);
    if (typeof outcome === 'string') {
      refused.push({ externalId: row.externalId, reason: outcome });
      continue;
    }
    const earlier = ready.get(outcome.key);
    if (!earlier) ready.set(outcome.key, outcome);
    else if (saysTheSame(earlier.draft, outcome.draft) && earlier.row.reviewerName === row.reviewerName) repeated += 1;
    else refused.push({ externalId: row.externalId, reason: 'Another row has this id and says something else.' });
  }
  return { ready: [...ready.values()], repeated, refused };
}

/** Whether an existing review already says what the row says. A deleted one has no words left and stays deleted. */
export function isUnchanged(existing: Review, draft: ReviewDraft): boolean {
  return existing.status === 'DELETED' || saysTheSame(existing, draft);
}

function saysTheSame(a: ReviewDraft, b: ReviewDraft): boolean {
  return a.productId === b.productId && a.rating === b.rating && a.title === b.title && a.body === b.body;
}

function readRow(row: ReviewRow): ReadyRow | string {
  if (row.source === '' || row.source.length > MAX_KEY || row.source.includes(':'))
    return `The source is 1 to ${MAX_KEY} characters without a colon.`;
  if (row.externalId === '' || row.externalId.length > MAX_KEY)
    return `The id of a review is 1 to ${MAX_KEY} characters.`;
  if (!isId('prod', row.productId)) return 'The product has no valid id.';
  const reviewerName = row.reviewerName.trim();
  if (reviewerName === '' || [...reviewerName].length > MAX_NAME)
    return `The reviewer's name is 1 to ${MAX_NAME} characters.`;
  if (Number.isNaN(row.createdAt.getTime())) return 'The date of the review is not a date.';
  try {
    return { key: importKey(row), row: { ...row, reviewerName }, draft: readReview(row, []) };
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

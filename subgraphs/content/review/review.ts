import { invalid, Refusal } from '../../../platform/user-errors/refusal';

/** PUBLISHED → DELETED, and no way back. */
export type ReviewStatus = 'PUBLISHED' | 'DELETED';

export interface Review {
  readonly id: string;
  readonly productId: string;
  readonly authorId: string;
  /** 1 to 5. */
  readonly rating: number;
  readonly title: string | null;
  readonly body: string;
  readonly verifiedPurchase: boolean;
  readonly status: ReviewStatus;
  readonly createdAt: Date;
}

/** A review as its author sent it, checked and tidied. */
export interface ReviewDraft {
  readonly productId: string;
  readonly rating: number;
  readonly title: string | null;
  readonly body: string;
}

/** Published reviews of a product, kept as sums so that no rounding error builds up. */
export interface RatingSummary {
  readonly productId: string;
  readonly count: number;
  readonly sum: number;
  /** Ids of the newest reviews, newest first, at most NEWEST_KEPT. */
  readonly newest: readonly string[];
}

/** Enough for the first page of reviews on a product page, so that a list of products needs no query per product. */
export const NEWEST_KEPT = 20;

export const RATING = { least: 1, most: 5 } as const;
const MAX_TITLE = 150;
const MAX_BODY = 5000;

/** Refuses with INVALID, naming the field under `path`. An empty title becomes null. */
export function readReview(
  input: { productId: string; rating: number; title?: string | null | undefined; body: string },
  path: readonly string[] = ['input'],
): ReviewDraft {
  if (!Number.isInteger(input.rating) || input.rating < RATING.least || input.rating > RATING.most)
    throw invalid([...path, 'rating'], 'A rating is a whole number from 1 to 5.');
  const title = input.title?.trim() ?? '';
  if (lengthOf(title) > MAX_TITLE) throw invalid([...path, 'title'], `A title has at most ${MAX_TITLE} characters.`);
  const body = input.body.trim();
  if (body === '' || lengthOf(body) > MAX_BODY)
    throw invalid([...path, 'body'], `The text is 1 to ${MAX_BODY} characters.`);
  return { productId: input.productId, rating: input.rating, title: title === '' ? null : title, body };
}

/** The average to two decimals; null while nobody has rated. */
export function averageRating(summary: Pick<RatingSummary, 'count' | 'sum'>): number | null {
  return summary.count === 0 ? null : Math.round((summary.sum * 100) / summary.count) / 100;
}

/** What a review may exist once by: its author and product. */
export function authorKey(review: { readonly authorId: string; readonly productId: string }): string {
  return `author:${review.authorId}:${review.productId}`;
}

export function alreadyReviewed(): Refusal {
  return new Refusal('ALREADY_REVIEWED', 'You have already reviewed this product.', { field: ['input', 'productId'] });
}

/** Characters as people count them, not UTF-16 units. */
function lengthOf(text: string): number {
  return [...text].length;
}

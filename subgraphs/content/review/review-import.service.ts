import { isDuplicateKey } from '../../../platform/mongo/database';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { ProfileImportDocument } from '../generated/accounts';
import { RatingSummaryModel } from './rating-summary.model';
import { ReviewModel } from './review.model';
import type { ReviewService } from './review.service';
import { isUnchanged, type ReadyRow, type RefusedRow, type ReviewRow, readRows } from './review-import';

export interface ReviewImportResult {
  readonly created: number;
  readonly unchanged: number;
  readonly refused: readonly RefusedRow[];
}

/** Rows of one transaction: short enough not to hold the summaries long. */
const BATCH = 100;

/** Another import of the same rows may be at work; the loser of a race reads what the winner wrote. */
const ATTEMPTS = 5;

export class ReviewImportService {
  private readonly reviews: ReviewModel;
  private readonly summaries: RatingSummaryModel;

  constructor(
    private readonly kernel: Kernel,
    private readonly publisher: ReviewService,
  ) {
    this.reviews = new ReviewModel(kernel.database.connection);
    this.summaries = new RatingSummaryModel(kernel.database.connection);
  }

  /**
   * Imports reviews of another system. Idempotent by source and external id: a row imported before is `unchanged`,
   * or refused when it now says something else. Imported reviews are not verified purchases.
   */
  async importRows(rows: readonly ReviewRow[]): Promise<ReviewImportResult> {
    const { ready, repeated, refused } = readRows(rows);
    const result = { created: 0, unchanged: repeated, refused: [...refused] };
    for (let start = 0; start < ready.length; start += BATCH) {
      const batch = await this.importBatch(ready.slice(start, start + BATCH));
      result.created += batch.created;
      result.unchanged += batch.unchanged;
      result.refused.push(...batch.refused);
    }
    this.kernel.outbox.notify();
    return result;
  }

  private async importBatch(rows: readonly ReadyRow[]): Promise<ReviewImportResult> {
    for (let attempt = 1; ; attempt += 1) {
      const { fresh, unchanged, refused } = await this.sort(rows);
      try {
        if (fresh.length > 0) await this.write(fresh);
        return { created: fresh.length, unchanged, refused };
      } catch (error) {
        if (!isDuplicateKey(error) || attempt >= ATTEMPTS) throw error;
      }
    }
  }

  private async sort(rows: readonly ReadyRow[]): Promise<{
    readonly fresh: readonly ReadyRow[];
    readonly unchanged: number;
    readonly refused: readonly RefusedRow[];
  }> {
    const keyed = await this.reviews.findByKeys(rows.map((row) => row.key));
    const known = new Map(keyed.map(({ key, review }) => [key, review]));
    const fresh: ReadyRow[] = [];
    const refused: RefusedRow[] = [];
    let unchanged = 0;
    for (const ready of rows) {
      const existing = known.get(ready.key);
      if (!existing) fresh.push(ready);
      else if (isUnchanged(existing, ready.draft)) unchanged += 1;
      else {
        const reason = 'This review was imported before and said something else; the first import stays.';
        refused.push({ externalId: ready.row.externalId, reason });
      }
    }
    return { fresh, unchanged, refused };
  }

  private async write(rows: readonly ReadyRow[]): Promise<void> {
    const authors = await this.authorsOf(rows);
    await this.summaries.ensure([...new Set(rows.map(({ draft }) => draft.productId))]);
    await this.kernel.database.transaction((session) =>
      this.publisher.publishAll(
        rows.map(({ key, row, draft }) => ({
          key,
          review: {
            id: this.kernel.newId('rev'),
            authorId: authors(row),
            ...draft,
            verifiedPurchase: false,
            status: 'PUBLISHED',
            createdAt: row.createdAt,
          },
        })),
        session,
      ),
    );
  }

  /** Profiles for the reviewers of these rows, asked of accounts in one call. */
  private async authorsOf(rows: readonly ReadyRow[]): Promise<(row: ReviewRow) => string> {
    const people = new Map(
      rows.map(({ row }) => [nameOf(row), { source: row.source, externalName: row.reviewerName }]),
    );
    const { _profileImport: ids } = await this.kernel.internal.request('accounts', ProfileImportDocument, {
      input: [...people.values()],
    });
    const idOf = new Map([...people.keys()].map((name, index) => [name, ids[index]]));
    return (row) => {
      const id = idOf.get(nameOf(row));
      if (id === undefined) throw new Error('accounts answered fewer profiles than it was asked for.');
      return id;
    };
  }
}

function nameOf(row: ReviewRow): string {
  return JSON.stringify([row.source, row.reviewerName]);
}

import { createHash } from 'node:crypto';
import { openCsv, type RowRefusal } from '../../subgraphs/catalog';
import type { ReviewImportResult, ReviewRow } from '../../subgraphs/content';

export interface ReviewImportSummary {
  readonly rows: number;
  readonly created: number;
  readonly unchanged: number;
  /** In the order of rows. */
  readonly refusals: readonly RowRefusal[];
}

/** What the import of reviews needs of the subgraphs that own products and reviews. */
export interface ReviewTarget {
  readonly source: string;
  /** When reviews without a date were written, for want of better knowledge. */
  readonly now: Date;
  findProductIds(skus: readonly string[]): Promise<ReadonlyMap<string, string>>;
  importRows(rows: readonly ReviewRow[]): Promise<ReviewImportResult>;
}

interface ReviewCells {
  readonly row: number;
  readonly sku: string;
  readonly cells: Readonly<Record<string, string>>;
}

const REQUIRED = ['sku', 'rating', 'title', 'review', 'reviewer'];
const BATCH = 200;

/** Reads a file of reviews, finds the product of each, and hands them over in batches. */
export async function importReviewFile(
  file: string,
  target: ReviewTarget,
  onProgress: (bytes: number, totalBytes: number, rows: number) => void,
): Promise<ReviewImportSummary> {
  const csv = await openCsv(file, REQUIRED);
  const total = { rows: 0, created: 0, unchanged: 0, refusals: [] as RowRefusal[] };
  let bytes = 0;
  let batch: ReviewCells[] = [];
  const flush = async (): Promise<void> => {
    const result = await importBatch(batch, target);
    total.created += result.created;
    total.unchanged += result.unchanged;
    total.refusals.push(...result.refusals);
    batch = [];
    onProgress(bytes, csv.bytes, total.rows);
  };
  const records = csv.records((read) => {
    bytes = read;
  });
  for await (const { row, values, broken } of records) {
    total.rows += 1;
    const cells = Object.fromEntries(csv.header.map((column, index) => [column, (values[index] ?? '').trim()]));
    const fault = broken ?? (values.length === csv.header.length ? null : wrongLength(values, csv.header));
    if (fault !== null) {
      total.refusals.push(
        refusal(
          { row, sku: cells['sku'] ?? '', cells },
          '',
          fault,
          'Put cells with commas, quotes or line breaks in quotes.',
        ),
      );
      continue;
    }
    batch.push({ row, sku: cells['sku'] ?? '', cells });
    if (batch.length >= BATCH) await flush();
  }
  await flush();
  total.refusals.sort((a, b) => a.row - b.row);
  return total;
}

function wrongLength(values: readonly string[], header: readonly string[]): string {
  return `The row has ${values.length} cells, the header ${header.length}.`;
}

async function importBatch(batch: readonly ReviewCells[], target: ReviewTarget) {
  const productIds = await target.findProductIds([...new Set(batch.map(({ sku }) => sku))]);
  const rows: ReviewRow[] = [];
  const origins = new Map<string, ReviewCells>();
  const refusals: RowRefusal[] = [];
  for (const review of batch) {
    const parsed = toReviewRow(review, productIds, target);
    if ('problem' in parsed) {
      refusals.push(parsed);
      continue;
    }
    rows.push(parsed);
    origins.set(parsed.externalId, review);
  }
  const result = await target.importRows(rows);
  for (const { externalId, reason } of result.refused) {
    const origin = origins.get(externalId);
    if (origin) refusals.push(refusal(origin, '', reason, 'Correct the row and import again.'));
  }
  return { created: result.created, unchanged: result.unchanged, refusals };
}

function toReviewRow(
  review: ReviewCells,
  productIds: ReadonlyMap<string, string>,
  { source, now }: ReviewTarget,
): ReviewRow | RowRefusal {
  const { sku, cells } = review;
  const productId = productIds.get(sku);
  if (productId === undefined) {
    return refusal(
      review,
      'sku',
      'No product has this SKU, nor a variant whose SKU starts with it.',
      'Import the product first, or correct the SKU.',
    );
  }
  const date = cells['date'] ?? '';
  const createdAt = date === '' ? now : new Date(date);
  if (Number.isNaN(createdAt.getTime())) {
    return refusal(review, 'date', 'The date cannot be read.', 'Write it as 2026-05-25 or 2026-05-25T08:30:00Z.');
  }
  const { reviewer = '', title = '' } = cells;
  return {
    source,
    externalId: cells['id'] || identity([sku, reviewer, title]),
    productId,
    reviewerName: reviewer,
    rating: Number(cells['rating']),
    title,
    body: cells['review'] ?? '',
    createdAt,
  };
}

/** A review without an id is known by who wrote what about which goods. */
function identity(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
}

function refusal(review: ReviewCells, column: string, problem: string, remedy: string): RowRefusal {
  return { row: review.row, handle: review.sku, column, value: review.cells[column] ?? '', problem, remedy };
}

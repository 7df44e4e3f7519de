import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ReviewRow } from '../../subgraphs/content';
import { importReviewFile } from './review-file';

const NOW = new Date('2026-06-01T00:00:00Z');

describe('reading a file of reviews', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'kaituan-reviews-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function read(csv: string, refused: (row: ReviewRow) => string | null = () => null) {
    const file = path.join(folder, 'reviews.csv');
    await writeFile(file, csv);
    const rows: ReviewRow[] = [];
    const summary = await importReviewFile(
      file,
      {
        source: 'luma',
        now: NOW,
        findProductIds: async (skus) =>
          new Map(skus.filter((sku) => sku.startsWith('M')).map((sku) => [sku, `prod_${sku}`])),
        importRows: async (batch) => {
          rows.push(...batch);
          const faults = batch.flatMap((row) => {
            const reason = refused(row);
            return reason === null ? [] : [{ externalId: row.externalId, reason }];
          });
          return { created: batch.length - faults.length, unchanged: 0, refused: faults };
        },
      },
      () => undefined,
    );
    return { summary, rows };
  }

  it('should hand over reviews with their product and an id that stays', async () => {
    const csv = 'sku,rating,title,review,reviewer\nM1,5, Warm ,"Warm, soft",Ann\n';
    const { summary, rows } = await read(csv);
    expect(summary).toEqual({ rows: 1, created: 1, unchanged: 0, refusals: [] });
    expect(rows).toEqual([
      {
        source: 'luma',
        externalId: expect.stringMatching(/^[\w-]{22}$/),
        productId: 'prod_M1',
        reviewerName: 'Ann',
        rating: 5,
        title: 'Warm',
        body: 'Warm, soft',
        createdAt: NOW,
      },
    ]);
    expect((await read(csv)).rows[0]?.externalId).toBe(rows[0]?.externalId);
  });

  it('should use the id and the date of the file when it has them', async () => {
    const { rows } = await read('id,date,sku,rating,title,review,reviewer\nr1,2025-01-02,M1,5,t,b,Ann\n');
    expect(rows).toMatchObject([{ externalId: 'r1', createdAt: new Date('2025-01-02T00:00:00Z') }]);
  });

  it('should say which rows it refuses and why, in the order of rows', async () => {
    const csv =
      'date,sku,rating,title,review,reviewer\n,X1,5,a,b,Ann\n,M1,9,a,b,Bob\nsoon,M1,5,a,b,Cy\n,M1,5\n,M2,4,a,b,Di\n';
    const { summary } = await read(csv, ({ rating }) => (rating > 5 ? 'A rating is 1 to 5.' : null));
    expect(summary).toMatchObject({ rows: 5, created: 1 });
    expect(summary.refusals.map(({ row, column, problem }) => [row, column, problem])).toEqual([
      [2, 'sku', 'No product has this SKU, nor a variant whose SKU starts with it.'],
      [3, '', 'A rating is 1 to 5.'],
      [4, 'date', 'The date cannot be read.'],
      [5, '', 'The row has 3 cells, the header 6.'],
    ]);
  });

  it('should hand over a row that stands twice under one id', async () => {
    const { rows } = await read('sku,rating,title,review,reviewer\nM1,5,t,b,Ann\nM1,5,t,b,Ann\n');
    expect(rows).toHaveLength(2);
    expect(rows[0]?.externalId).toBe(rows[1]?.externalId);
  });

  it('should refuse a file that is none of reviews', async () => {
    await expect(read('a,b\n1,2\n')).rejects.toThrow('lacks the columns sku, rating, title, review, reviewer');
  });
});

import { parse } from 'csv-parse/sync';
import type { CsvRecord } from './csv-file';
import { type ParsedProduct, parseProduct } from './product-rows';
import { groupRows, type RowGroup } from './row-groups';

/** The groups of rows of a CSV text, as an import meets them. */
export async function groupsOf(csv: string): Promise<RowGroup[]> {
  const [header = [], ...values] = parse(csv, {
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
  }) as string[][];
  async function* records(): AsyncGenerator<CsvRecord> {
    for (const [index, cells] of values.entries()) yield { row: index + 2, values: cells, broken: null };
  }
  const groups: RowGroup[] = [];
  for await (const group of groupRows(header, records())) groups.push(group);
  return groups;
}

/** The products of a CSV text whose rows can be told apart. */
export async function parsedFrom(csv: string, currencyCode = 'HKD'): Promise<ParsedProduct[]> {
  return (await groupsOf(csv)).map(({ rows }) => parseProduct(rows, currencyCode));
}

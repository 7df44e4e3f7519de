import { COLUMN } from './columns';
import type { CsvRecord } from './csv-file';
import { type Row, type RowRefusal, refuseCell } from './row';

/** The rows of one product, or the reason why some rows are none. */
export interface RowGroup {
  readonly handle: string;
  readonly rows: readonly Row[];
  /** Not empty: the group is refused before it is read further. */
  readonly refusals: readonly RowRefusal[];
}

/** Gathers the rows of each handle as they follow one another, without holding more than one product. */
export async function* groupRows(
  header: readonly string[],
  records: AsyncIterable<CsvRecord>,
): AsyncGenerator<RowGroup> {
  const firstRows = new Map<string, number>();
  let rows: Row[] = [];
  let refusals: RowRefusal[] = [];
  let handle = '';

  const finish = (): RowGroup | null => {
    if (rows.length === 0) return null;
    const group = { handle, rows, refusals };
    rows = [];
    refusals = [];
    return group;
  };

  for await (const record of records) {
    const row = toRow(header, record);
    const next = (row.cells[COLUMN.handle] ?? '').trim();
    const fault = faultOf(header, record, row);
    if (next === '') {
      // Whose row it is nobody knows: it is refused alone.
      yield { handle: '', rows: [row], refusals: [fault ?? noHandle(row)] };
      continue;
    }
    if (next !== handle || rows.length === 0) {
      const done = finish();
      if (done) yield done;
      handle = next;
      const earlier = firstRows.get(handle);
      if (earlier !== undefined) refusals.push(apart(row, earlier));
      else firstRows.set(handle, row.row);
    }
    rows.push(row);
    if (fault) refusals.push(fault);
  }
  const last = finish();
  if (last) yield last;
}

function toRow(header: readonly string[], { row, values }: CsvRecord): Row {
  return { row, cells: Object.fromEntries(header.map((column, index) => [column, values[index] ?? ''])) };
}

function faultOf(header: readonly string[], record: CsvRecord, row: Row): RowRefusal | null {
  if (record.broken !== null) {
    return refuseCell(
      row,
      '',
      record.broken,
      'Write a quote inside a quoted cell twice (""), close the cell, import again.',
    );
  }
  const { length } = record.values;
  if (length !== header.length) {
    return refuseCell(
      row,
      '',
      `The row has ${length} cells, the header ${header.length}.`,
      'Put cells that contain a comma, a quote or a line break in quotes.',
    );
  }
  const garbled = header.find((column) => row.cells[column]?.includes('\ufffd'));
  if (garbled === undefined) return null;
  return refuseCell(row, garbled, 'The text is not UTF-8.', 'Save the file as "CSV UTF-8" and import again.');
}

function noHandle(row: Row): RowRefusal {
  return refuseCell(row, COLUMN.handle, 'The row has no handle.', 'Fill Handle in every row of a product.');
}

function apart(row: Row, earlier: number): RowRefusal {
  return refuseCell(
    row,
    COLUMN.handle,
    `Rows of this handle stand apart: the first are at row ${earlier}.`,
    'Put all rows of a product one after another, or give the other product its own handle.',
  );
}

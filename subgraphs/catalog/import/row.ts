/** A row of the file by column name; `row` counts as a spreadsheet does, the header being row 1. */
export interface Row {
  readonly row: number;
  readonly cells: Readonly<Record<string, string>>;
}

/** Why a row, and with it its product, was not imported. */
export interface RowRefusal {
  readonly row: number;
  readonly handle: string;
  /** Empty when the row as a whole is at fault. */
  readonly column: string;
  readonly value: string;
  readonly problem: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** The trimmed text of a cell; null when it is empty or its column is missing. */
export function cell(row: Row, column: string): string | null {
  const text = (row.cells[column] ?? '').trim();
  return text === '' ? null : text;
}

const SHOWN = 120;

export function refuseCell(row: Row, column: string, problem: string, remedy: string): RowRefusal {
  const value = row.cells[column] ?? '';
  return {
    row: row.row,
    handle: (row.cells['Handle'] ?? '').trim(),
    column,
    value: value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value,
    problem,
    remedy,
  };
}

/** Collects what is wrong with a product's rows while they are read. */
export class Faults {
  readonly found: RowRefusal[] = [];

  add(row: Row, column: string, problem: string, remedy: string): null {
    this.found.push(refuseCell(row, column, problem, remedy));
    return null;
  }
}

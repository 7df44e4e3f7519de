import { writeFile } from 'node:fs/promises';
import { stringify } from 'csv-stringify/sync';
import { ImportFileError, type RowRefusal } from '../../subgraphs/catalog';

const COLUMNS = ['Row', 'Handle', 'Column', 'Value', 'Problem', 'What to do'];
const SHOWN_PROBLEMS = 10;
const SHOWN_ROWS = 5;

/** Tells of refused rows: each problem with its first rows at the terminal, all rows in the report file if asked for. */
export async function reportRefusals(
  refusals: readonly RowRefusal[],
  reportFile: string | undefined,
  write: (line: string) => void = (line) => console.error(line),
): Promise<void> {
  const problems = new Map<string, RowRefusal[]>();
  for (const refusal of refusals) {
    const text = `${refusal.problem} ${refusal.remedy}`;
    problems.set(text, [...(problems.get(text) ?? []), refusal]);
  }
  for (const [text, rows] of [...problems].slice(0, SHOWN_PROBLEMS)) {
    const more = rows.length > SHOWN_ROWS ? ` and ${rows.length - SHOWN_ROWS} more` : '';
    write(`  ${rows.slice(0, SHOWN_ROWS).map(placeOf).join('; ')}${more}: ${text}`);
  }
  if (problems.size > SHOWN_PROBLEMS) write(`  … and ${problems.size - SHOWN_PROBLEMS} other problems.`);
  if (refusals.length > 0 && reportFile === undefined) write('  --report FILE writes every row with its problem.');
  if (reportFile === undefined) return;
  const rows = refusals.map(({ row, handle, column, value, problem, remedy }) => [
    row,
    handle,
    column,
    value,
    problem,
    remedy,
  ]);
  try {
    await writeFile(reportFile, stringify([COLUMNS, ...rows]));
  } catch (error) {
    throw new ImportFileError(
      `The import is done, but the report could not be written to ${reportFile}: ${(error as Error).message}`,
    );
  }
  write(`  Report: ${reportFile}`);
}

function placeOf({ row, column, value }: RowRefusal): string {
  if (column === '') return `row ${row}`;
  return `row ${row}, ${column}${value === '' ? '' : ` "${value}"`}`;
}

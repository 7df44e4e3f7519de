import type { RowRefusal } from '../../subgraphs/catalog';
import { reportRefusals } from './report';

const refusal = (row: number, problem: string, value = ''): RowRefusal => ({
  row,
  handle: 'h',
  column: 'Variant Price',
  value,
  problem,
  remedy: 'Mend it.',
});

describe('the report of refused rows', () => {
  it('should tell each problem once, with its first rows', async () => {
    const lines: string[] = [];
    const many = Array.from({ length: 7 }, (_, index) => refusal(index + 2, 'No price.'));
    await reportRefusals([...many, refusal(9, 'Bad.', 'x')], undefined, (line) => lines.push(line));
    const rows = [2, 3, 4, 5, 6].map((row) => `row ${row}, Variant Price`).join('; ');
    expect(lines).toEqual([
      `  ${rows} and 2 more: No price. Mend it.`,
      '  row 9, Variant Price "x": Bad. Mend it.',
      '  --report FILE writes every row with its problem.',
    ]);
  });

  it('should say nothing when nothing was refused', async () => {
    const lines: string[] = [];
    await reportRefusals([], undefined, (line) => lines.push(line));
    expect(lines).toEqual([]);
  });

  it('should say when the report file cannot be written', async () => {
    const writing = reportRefusals([refusal(2, 'Bad.')], '/none/such/report.csv', () => undefined);
    await expect(writing).rejects.toThrow('The import is done, but the report could not be written');
  });
});

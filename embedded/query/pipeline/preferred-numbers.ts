import { locationError } from '../errors';

/** The mantissas of each series from 1 to under 10 (POWERSOF2 has none: every power of two is a member). */
const E6 = [1.0, 1.5, 2.2, 3.3, 4.7, 6.8];
const E12 = [1.0, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, 4.7, 5.6, 6.8, 8.2];
const E24 = [
  1.0, 1.1, 1.2, 1.3, 1.5, 1.6, 1.8, 2.0, 2.2, 2.4, 2.7, 3.0, 3.3, 3.6, 3.9, 4.3, 4.7, 5.1, 5.6, 6.2, 6.8, 7.5, 8.2,
  9.1,
];
const R5 = [1.0, 1.6, 2.5, 4.0, 6.3];
const R10 = [1.0, 1.25, 1.6, 2.0, 2.5, 3.15, 4.0, 5.0, 6.3, 8.0];
const R20 = [1.0, 1.12, 1.25, 1.4, 1.6, 1.8, 2.0, 2.24, 2.5, 2.8, 3.15, 3.55, 4.0, 4.5, 5.0, 5.6, 6.3, 7.1, 8.0, 9.0];
const R40 = [
  1.0, 1.06, 1.12, 1.18, 1.25, 1.32, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.12, 2.24, 2.36, 2.5, 2.65, 2.8, 3.0, 3.15,
  3.35, 3.55, 3.75, 4.0, 4.25, 4.5, 4.75, 5.0, 5.3, 5.6, 6.0, 6.3, 6.7, 7.1, 7.5, 8.0, 8.5, 9.0, 9.5,
];
const R80 = [
  1.0, 1.03, 1.06, 1.09, 1.12, 1.15, 1.18, 1.22, 1.25, 1.28, 1.32, 1.36, 1.4, 1.45, 1.5, 1.55, 1.6, 1.65, 1.7, 1.75,
  1.8, 1.85, 1.9, 1.95, 2.0, 2.06, 2.12, 2.18, 2.24, 2.3, 2.36, 2.43, 2.5, 2.58, 2.65, 2.72, 2.8, 2.9, 3.0, 3.07, 3.15,
  3.25, 3.35, 3.45, 3.55, 3.65, 3.75, 3.87, 4.0, 4.12, 4.25, 4.37, 4.5, 4.62, 4.75, 4.87, 5.0, 5.15, 5.3, 5.45, 5.6,
  5.8, 6.0, 6.15, 6.3, 6.5, 6.7, 6.9, 7.1, 7.3, 7.5, 7.75, 8.0, 8.25, 8.5, 8.75, 9.0, 9.25, 9.5, 9.75,
];

const SERIES: ReadonlyMap<string, readonly number[]> = new Map<string, readonly number[]>([
  ['E6', E6],
  ['E12', E12],
  ['E24', E24],
  ['R5', R5],
  ['R10', R10],
  ['R20', R20],
  ['R40', R40],
  ['R80', R80],
  ['1-2-5', [1, 2, 5]],
  ['POWERSOF2', []],
]);

/** @throws QueryError 40257 for a granularity the server does not know either */
export function seriesOf(granularity: unknown): readonly number[] {
  const series = typeof granularity === 'string' ? SERIES.get(granularity) : undefined;
  if (series === undefined) throw locationError(40257, `Unknown rounding granularity '${String(granularity)}'`);
  return series;
}

/** The least member above the value; zero stays zero. */
export function roundUp(value: number, series: readonly number[]): number {
  if (value === 0) return 0;
  if (series.length === 0) return 2 ** (Math.floor(Math.log2(value)) + 1);
  return members(value, series).find((member) => member > value) ?? value;
}

/** The greatest member below the value; zero stays zero. */
export function roundDown(value: number, series: readonly number[]): number {
  if (value === 0) return 0;
  if (series.length === 0) return 2 ** (Math.ceil(Math.log2(value)) - 1);
  return members(value, series).findLast((member) => member < value) ?? value;
}

/** The members around the value: its own power of ten and the ones beside it. */
function members(value: number, series: readonly number[]): number[] {
  const power = Math.floor(Math.log10(value));
  return [power - 1, power, power + 1].flatMap((exponent) =>
    series.map((mantissa) => Number(`${mantissa}e${exponent}`)),
  );
}

import { DOUBLE, numericType, toNumber } from '../value/numeric';

/** A number as `$toString` writes it; doubles as C++ does with up to 17 digits, so 1e21 and 1.5 but never 2.0. */
export function numberText(value: unknown): string {
  if (numericType(value) !== DOUBLE) return String(value);
  const number = toNumber(value);
  if (Number.isNaN(number)) return 'NaN';
  if (!Number.isFinite(number)) return number > 0 ? 'Infinity' : '-Infinity';
  return Object.is(number, -0) ? '-0' : String(number);
}

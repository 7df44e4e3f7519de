import { isNullish } from './kind';
import { numericType, toNumber } from './numeric';

/** True for all but false, zero, null and undefined, as the server reads flags and the results of expressions. */
export function isTruthy(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  if (isNullish(value)) return false;
  return numericType(value) === 0 || toNumber(value) !== 0;
}

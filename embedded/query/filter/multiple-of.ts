import { remainderDecimals } from '../value/decimal-math';
import { DECIMAL, LONG, numericType, toBigInt, toDecimal, toNumber } from '../value/numeric';

/** Whether a number is a whole multiple of another, exactly for longs and decimals. */
export function remainderIsZero(value: unknown, divisor: unknown): boolean {
  const type = Math.max(numericType(value), numericType(divisor));
  if (type === DECIMAL) {
    const rest = remainderDecimals(toDecimal(value), toDecimal(divisor));
    return rest.form === 'finite' && rest.coefficient === 0n;
  }
  if (type <= LONG) return toBigInt(divisor) !== 0n && toBigInt(value) % toBigInt(divisor) === 0n;
  return toNumber(value) % toNumber(divisor) === 0;
}

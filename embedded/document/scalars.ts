import type { Decimal128, Double, Int32, Long } from 'bson';
import type { Doc } from './decode';

/** The JavaScript number of any BSON number; undefined for what is none. */
export function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'object' || value === null || !('_bsontype' in value)) return undefined;
  const number = value as Int32 | Double | Long | Decimal128;
  switch (number._bsontype) {
    case 'Int32':
    case 'Double':
      return number.value;
    case 'Long':
      return number.toNumber();
    case 'Decimal128':
      return Number(number.toString());
    default:
      return undefined;
  }
}

/** MongoDB takes numbers for flags: every number but 0 is true. */
export function toFlag(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  const number = toNumber(value);
  return number !== undefined && number !== 0;
}

export function isDoc(value: unknown): value is Doc {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !('_bsontype' in value)
  );
}

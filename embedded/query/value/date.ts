import { QueryError } from '../errors';

/**
 * The date at a number of milliseconds since the epoch.
 *
 * @throws QueryError 15 beyond the years JavaScript's dates reach (±271,821), which BSON's own would
 */
export function dateAt(instant: number): Date {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) throw new QueryError(15, 'Overflow', 'date overflow');
  return date;
}

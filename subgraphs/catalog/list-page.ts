import { decodeCursor, type Page, pageOf, readPage } from '../../platform/pagination/page';

/** A page of a short list that is in memory already; a cursor is the key of an item. */
export function pageOfList<T>(
  items: readonly T[],
  args: { first: number; after?: string | null | undefined },
  keyOf: (item: T) => string,
): Page<T> {
  const request = readPage(args);
  const afterKey = request.after === null ? null : String(decodeCursor(request.after, 1)[0]);
  const start = afterKey === null ? 0 : items.findIndex((item) => keyOf(item) === afterKey) + 1;
  const gone = afterKey !== null && start === 0;
  const rows = gone ? [] : items.slice(start, start + request.first + 1);
  return pageOf(
    rows,
    request,
    (item) => [keyOf(item)],
    () => items.length,
  );
}

import { badInput } from '../user-errors/api-error';

/** No list answers with more than this many nodes. */
export const MAX_PAGE = 100;

/** A position in a keyset order: the sort values of the last node seen, its id last. Opaque to clients. */
export type Cursor = readonly (string | number | boolean | null)[];

export function encodeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

/** Reads a cursor that must have `length` values; anything else is BAD_USER_INPUT. */
export function decodeCursor(text: string, length: number): Cursor {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (
      Array.isArray(value) &&
      value.length === length &&
      value.every((part) => part === null || ['string', 'number', 'boolean'].includes(typeof part))
    ) {
      return value as Cursor;
    }
  } catch {
    // Falls through to the one message for every malformed cursor.
  }
  throw badInput('The cursor is not one that this list returned.');
}

export interface PageRequest {
  readonly first: number;
  readonly after: string | null;
}

/** Checks `first` (0 to 100). */
export function readPage(args: { first: number; after?: string | null | undefined }): PageRequest {
  if (args.first < 0 || args.first > MAX_PAGE) throw badInput(`first must be between 0 and ${MAX_PAGE}.`);
  return { first: args.first, after: args.after ?? null };
}

/** A Relay connection over plain nodes. `totalCount` is a function so that it is counted only when selected. */
export interface Page<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly nodes: readonly T[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  readonly totalCount?: () => Promise<number> | number;
}

/**
 * Builds a page from one row more than asked for: read `first + 1` rows after the cursor, in order.
 */
export function pageOf<T>(
  rows: readonly T[],
  request: PageRequest,
  cursorOf: (node: T) => Cursor,
  totalCount?: () => Promise<number> | number,
): Page<T> {
  const nodes = rows.slice(0, request.first);
  const edges = nodes.map((node) => ({ cursor: encodeCursor(cursorOf(node)), node }));
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: rows.length > request.first,
      hasPreviousPage: request.after !== null,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    ...(totalCount ? { totalCount } : {}),
  };
}

export function mapPage<T, U>(page: Page<T>, change: (node: T) => U): Page<U> {
  const edges = page.edges.map((edge) => ({ cursor: edge.cursor, node: change(edge.node) }));
  return { ...page, edges, nodes: edges.map((edge) => edge.node) };
}

/**
 * The MongoDB condition for "after this cursor" in an order of several fields.
 * `order` lists the sort fields with 1 or -1, a unique field (the id) last.
 */
export function afterCursor(order: readonly (readonly [string, 1 | -1])[], cursor: Cursor): Record<string, unknown> {
  const branches = order.map(([field, direction], index) => {
    const equal = Object.fromEntries(order.slice(0, index).map(([earlier], at) => [earlier, cursor[at] ?? null]));
    return { ...equal, [field]: { [direction === 1 ? '$gt' : '$lt']: cursor[index] ?? null } };
  });
  return branches.length === 1 && branches[0] ? branches[0] : { $or: branches };
}

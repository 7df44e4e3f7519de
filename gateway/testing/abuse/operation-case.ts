import type { Seen } from './abuse-case';
import type { Attempt, Door } from './doors';

/** An attempt, made for the kind of operation the door takes. */
export type Make = (operation: Door['operation']) => Attempt;

export interface OperationCase {
  readonly id: string;
  readonly title: string;
  /** At the limit, or the harmless neighbour: must be answered. */
  readonly within?: Make;
  /** One past it: must be refused so. */
  readonly beyond?: Make;
  readonly expected?: Partial<Omit<Seen, 'text'>>;
}

export const repeat = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');
export const values = (count: number): string[] => Array.from({ length: count }, (_, index) => `i${index}`);

/** `selection` of the item both doors lead to. */
export const item =
  (
    selection: string,
    { head = '', fragments = '', variables: sent }: { head?: string; fragments?: string; variables?: unknown } = {},
  ): Make =>
  (operation) => ({
    query: `${operation} ${head} { item { ${selection} } } ${fragments}`,
    ...(sent === undefined ? {} : { variables: sent }),
  });
/** Whole text, with the word for the operation put in. */
export const text =
  (make: (operation: string) => unknown, rest: Omit<Attempt, 'query'> = {}): Make =>
  (operation) => ({ query: make(operation), ...rest });
export const keyed =
  (key: string): Make =>
  (operation) => ({ query: `${operation} { item { id } }`, key });

export const invalid = { accepted: false, code: 'GRAPHQL_VALIDATION_FAILED' };
export const unreadable = { accepted: false, code: 'GRAPHQL_PARSE_FAILED' };
export const wrongInput = { accepted: false, code: 'BAD_USER_INPUT' };
export const past = (limit: string) => ({ ...wrongInput, limit });
export const tooMuch = (limit: string) => ({ ...invalid, limit });

export const nest = (levels: number): string => `${'child { '.repeat(levels - 2)}id${' }'.repeat(levels - 2)}`;
export const nestedValue = (levels: number): unknown => {
  let value: unknown = 'x';
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { inner: value };
  return value;
};
// Four braces and two names beside the fields.
export const tokens = (count: number): Make => item(`${'id '.repeat(494)} ${'number '.repeat(count - 500)}`);
// 9 spreads of A (each 1 + 14 × 15 selections), item and the rest.
export const spreadSelections = (last: number): Make =>
  item(`${'...A '.repeat(9)} ${'id '.repeat(last)}`, {
    fragments: `fragment A on Item { ${'...B '.repeat(14)} } fragment B on Item { ${'id '.repeat(14)} }`,
  });
export const SELECTIONS_AROUND = 1 + 9 * (1 + 14 * 15);

export const doubling = (times: number): Make =>
  item('...F0', {
    fragments: `${repeat(times, (n) => `fragment F${n} on Item { ...F${n + 1} ...F${n + 1} }`)} fragment F${times} on Item { id }`,
  });
export const variables = (count: number): Record<string, unknown> => ({
  ...Object.fromEntries(Array.from({ length: 19 }, (_, n) => [`l${n}`, Array(100).fill(1)])),
  ...Object.fromEntries(values(count - 19 * 101).map((name) => [name, 1])),
});

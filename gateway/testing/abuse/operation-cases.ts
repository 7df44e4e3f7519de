import type { AbuseCase, Seen } from './abuse-case';
import { expectSeen, leaks } from './abuse-case';
import { BARRED_KEY, READING_KEY } from './abuse-graph';
import { type Attempt, type Door, HTTP_DOOR, SOCKET_DOOR } from './doors';

/** An attempt, made for the kind of operation the door takes. */
type Make = (operation: Door['operation']) => Attempt;

interface OperationCase {
  readonly id: string;
  readonly title: string;
  /** At the limit, or the harmless neighbour: must be answered. */
  readonly within?: Make;
  /** One past it: must be refused so. */
  readonly beyond?: Make;
  readonly expected?: Partial<Omit<Seen, 'text'>>;
}

const repeat = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');
const values = (count: number): string[] => Array.from({ length: count }, (_, index) => `i${index}`);

/** `selection` of the item both doors lead to. */
const item =
  (
    selection: string,
    { head = '', fragments = '', variables: sent }: { head?: string; fragments?: string; variables?: unknown } = {},
  ): Make =>
  (operation) => ({
    query: `${operation} ${head} { item { ${selection} } } ${fragments}`,
    ...(sent === undefined ? {} : { variables: sent }),
  });
/** Whole text, with the word for the operation put in. */
const text =
  (make: (operation: string) => unknown, rest: Omit<Attempt, 'query'> = {}): Make =>
  (operation) => ({ query: make(operation), ...rest });
const keyed =
  (key: string): Make =>
  (operation) => ({ query: `${operation} { item { id } }`, key });

const invalid = { accepted: false, code: 'GRAPHQL_VALIDATION_FAILED' };
const unreadable = { accepted: false, code: 'GRAPHQL_PARSE_FAILED' };
const wrongInput = { accepted: false, code: 'BAD_USER_INPUT' };
const past = (limit: string) => ({ ...wrongInput, limit });
const tooMuch = (limit: string) => ({ ...invalid, limit });

const nest = (levels: number): string => `${'child { '.repeat(levels - 2)}id${' }'.repeat(levels - 2)}`;
const nestedValue = (levels: number): unknown => {
  let value: unknown = 'x';
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { inner: value };
  return value;
};
// Four braces and two names beside the fields.
const tokens = (count: number): Make => item(`${'id '.repeat(494)} ${'number '.repeat(count - 500)}`);
// 9 spreads of A (each 1 + 14 × 15 selections), item and the rest.
const spreadSelections = (last: number): Make =>
  item(`${'...A '.repeat(9)} ${'id '.repeat(last)}`, {
    fragments: `fragment A on Item { ${'...B '.repeat(14)} } fragment B on Item { ${'id '.repeat(14)} }`,
  });
const SELECTIONS_AROUND = 1 + 9 * (1 + 14 * 15);

const doubling = (times: number): Make =>
  item('...F0', {
    fragments: `${repeat(times, (n) => `fragment F${n} on Item { ...F${n + 1} ...F${n + 1} }`)} fragment F${times} on Item { id }`,
  });
const variables = (count: number): Record<string, unknown> => ({
  ...Object.fromEntries(Array.from({ length: 19 }, (_, n) => [`l${n}`, Array(100).fill(1)])),
  ...Object.fromEntries(values(count - 19 * 101).map((name) => [name, 1])),
});

const CASES: readonly OperationCase[] = [
  {
    id: 'tokens',
    title: '1,000 tokens',
    within: tokens(1_000),
    beyond: tokens(1_001),
    expected: unreadable,
  },
  { id: 'depth', title: 'depth 10', within: item(nest(10)), beyond: item(nest(11)), expected: tooMuch('depth') },
  {
    id: 'depth-fragments',
    title: 'depth 10 hidden in nested fragments',
    within: item('...A', { fragments: `fragment A on Item { child { ...B } } fragment B on Item { ${nest(9)} }` }),
    beyond: item('...A', { fragments: `fragment A on Item { child { ...B } } fragment B on Item { ${nest(10)} }` }),
    expected: tooMuch('depth'),
  },
  { id: 'depth-300', title: '300 levels of braces', beyond: item(nest(300)), expected: tooMuch('depth') },
  {
    id: 'aliases',
    title: '15 aliases',
    within: item(repeat(15, (n) => `a${n}: id`)),
    beyond: item(repeat(16, (n) => `a${n}: id`)),
    expected: tooMuch('aliases'),
  },
  {
    id: 'aliases-spread',
    title: '15 aliases by spreading a fragment',
    within: item('...F ...F ...F', { fragments: `fragment F on Item { ${repeat(5, (n) => `a${n}: id`)} }` }),
    beyond: item('...F ...F ...F ...F', { fragments: `fragment F on Item { ${repeat(5, (n) => `a${n}: id`)} }` }),
    expected: tooMuch('aliases'),
  },
  {
    id: 'aliases-900',
    title: 'an alias bomb',
    beyond: item(repeat(300, (n) => `a${n}: broken`)),
    expected: tooMuch('aliases'),
  },
  {
    id: 'directives',
    title: '10 directives',
    within: item(`id ${'id @include(if: true) '.repeat(10)}`),
    beyond: item(`id ${'id @include(if: true) '.repeat(11)}`),
    expected: tooMuch('directives'),
  },
  {
    id: 'directives-spread',
    title: '10 directives by spreading a fragment',
    within: item('id ...F ...F', { fragments: `fragment F on Item { id ${'id @skip(if: true) '.repeat(5)} }` }),
    beyond: item('id ...F ...F ...G', {
      fragments: `fragment F on Item { id ${'id @skip(if: true) '.repeat(5)} } fragment G on Item { id @skip(if: true) }`,
    }),
    expected: tooMuch('directives'),
  },
  {
    id: 'directives-one-field',
    title: '200 directives on one field',
    beyond: item(`id ${'@a '.repeat(200)}`),
    expected: invalid,
  },
  {
    id: 'selections',
    title: '2,000 selections',
    within: spreadSelections(2_000 - SELECTIONS_AROUND),
    beyond: spreadSelections(2_001 - SELECTIONS_AROUND),
    expected: tooMuch('selections'),
  },
  {
    id: 'fragment-bomb',
    title: 'fragments that double 8 and 30 times',
    within: doubling(8),
    beyond: doubling(30),
    expected: tooMuch('selections'),
  },
  {
    id: 'fragment-cycle',
    title: 'fragments that spread each other',
    beyond: item('...A', { fragments: 'fragment A on Item { ...B } fragment B on Item { child { ...A } }' }),
    expected: invalid,
  },
  {
    id: 'fragment-self',
    title: 'a fragment that spreads itself',
    beyond: item('...A', { fragments: 'fragment A on Item { id ...A }' }),
    expected: invalid,
  },
  {
    id: 'page-literal',
    title: 'a page of 100',
    within: item('page(first: 100) { nodes { id } }'),
    beyond: item('page(first: 101) { nodes { id } }'),
    expected: past('page'),
  },
  {
    id: 'page-variable',
    title: 'a page of 100 by a variable',
    within: item('page(first: $n) { nodes { id } }', { head: '($n: Int!)', variables: { n: 100 } }),
    beyond: item('page(first: $n) { nodes { id } }', { head: '($n: Int!)', variables: { n: 101 } }),
    expected: past('page'),
  },
  {
    id: 'page-default',
    title: 'a page of 100 by a default',
    within: item('page(first: $n) { nodes { id } }', { head: '($n: Int! = 100)' }),
    beyond: item('page(first: $n) { nodes { id } }', { head: '($n: Int! = 101)' }),
    expected: past('page'),
  },
  {
    id: 'page-huge',
    title: 'a page of the largest integer',
    within: item('page(first: $n) { nodes { id } }', { head: '($n: Int!)', variables: { n: 0 } }),
    beyond: item('page(first: $n) { nodes { id } }', { head: '($n: Int!)', variables: { n: 2_147_483_647 } }),
    expected: past('page'),
  },
  {
    id: 'cost',
    title: 'a cost of 2,000',
    // 1 item + 37 × (1 child + its page + 52) + 1.
    within: item('children(first: 37) { page(first: 52) { nodes { id } } } child { id }'),
    beyond: item('children(first: 37) { page(first: 52) { nodes { id } } } child { id } byIds(ids: ["a"]) { id }'),
    expected: past('cost'),
  },
  {
    id: 'cost-variables',
    title: 'a cost of 2,000 by variables',
    within: item('children(first: $n) { page(first: $m) { nodes { id } } } child { id }', {
      head: '($n: Int!, $m: Int!)',
      variables: { n: 37, m: 52 },
    }),
    beyond: item('children(first: $n) { page(first: $m) { nodes { id } } } child { id }', {
      head: '($n: Int!, $m: Int!)',
      variables: { n: 38, m: 52 },
    }),
    expected: past('cost'),
  },
  {
    id: 'cost-467-bytes',
    title: 'lists in lists in 467 bytes',
    within: item(`${'children(first: 2) { '.repeat(8)}id${' }'.repeat(8)}`),
    beyond: item(`${'children(first: 100) { '.repeat(8)}id${' }'.repeat(8)}`),
    expected: past('cost'),
  },
  {
    id: 'cost-fragments',
    title: 'lists in lists hidden in fragments',
    within: item('...A', {
      fragments: 'fragment A on Item { children(first: 5) { ...B } } fragment B on Item { children(first: 5) { id } }',
    }),
    beyond: item('...A', {
      fragments:
        'fragment A on Item { children(first: 50) { ...B } } fragment B on Item { children(first: 50) { id } }',
    }),
    expected: past('cost'),
  },
  {
    id: 'cost-condition',
    title: 'cost behind @include, let in by a variable',
    within: item('id ... @include(if: $all) { children(first: 100) { children(first: 100) { id } } }', {
      head: '($all: Boolean!)',
      variables: { all: false },
    }),
    beyond: item('id ... @include(if: $all) { children(first: 100) { children(first: 100) { id } } }', {
      head: '($all: Boolean!)',
      variables: { all: true },
    }),
    expected: past('cost'),
  },
  {
    id: 'cost-condition-default',
    title: 'cost behind @skip, let in by a default',
    within: item('id ... @skip(if: $no) { children(first: 100) { children(first: 100) { id } } }', {
      head: '($no: Boolean = true)',
    }),
    beyond: item('id ... @skip(if: $no) { children(first: 100) { children(first: 100) { id } } }', {
      head: '($no: Boolean = false)',
    }),
    expected: past('cost'),
  },
  {
    id: 'list-literal',
    title: 'a list of 100',
    within: item(`byIds(ids: ${JSON.stringify(values(100))}) { id }`),
    beyond: item(`byIds(ids: ${JSON.stringify(values(101))}) { id }`),
    expected: past('listItems'),
  },
  {
    id: 'list-variable',
    title: 'a list of 100 in a variable',
    within: item('byIds(ids: $ids) { id }', { head: '($ids: [ID!]!)', variables: { ids: values(100) } }),
    beyond: item('byIds(ids: $ids) { id }', { head: '($ids: [ID!]!)', variables: { ids: values(101) } }),
    expected: past('listItems'),
  },
  {
    id: 'list-nested',
    title: 'a list of 100 deep in an input',
    within: item('shape(of: $s)', {
      head: '($s: Shape)',
      variables: { s: { inner: { inner: { list: values(100) } } } },
    }),
    beyond: item('shape(of: $s)', {
      head: '($s: Shape)',
      variables: { s: { inner: { inner: { list: values(101) } } } },
    }),
    expected: past('listItems'),
  },
  {
    id: 'variable-values',
    title: '2,000 values in variables',
    within: item('id', { variables: variables(2_000) }),
    beyond: item('id', { variables: variables(2_001) }),
    expected: past('variableValues'),
  },
  {
    id: 'variable-depth',
    title: '10 levels in variables',
    within: item('id', { variables: { v: nestedValue(10) } }),
    beyond: item('id', { variables: { v: nestedValue(11) } }),
    expected: past('variableDepth'),
  },
  {
    id: 'variable-deep',
    title: '2,000 levels in variables',
    beyond: item('id', { variables: { v: nestedValue(2_000) } }),
    expected: past('variableDepth'),
  },
  {
    id: 'int-literal',
    title: 'the largest integer',
    within: item('number(value: 2147483647)'),
    beyond: item('number(value: 2147483648)'),
    expected: invalid,
  },
  {
    id: 'int-variable',
    title: 'the largest integer in a variable',
    within: item('number(value: $v)', { head: '($v: Int)', variables: { v: 2_147_483_647 } }),
    beyond: item('number(value: $v)', { head: '($v: Int)', variables: { v: 2_147_483_648 } }),
    expected: wrongInput,
  },
  {
    id: 'int-1000-digits',
    title: 'an integer of 1,000 digits',
    beyond: item(`number(value: ${'9'.repeat(1_000)})`),
    expected: invalid,
  },
  {
    id: 'variable-type',
    title: 'a text where a number belongs',
    beyond: item('number(value: $v)', { head: '($v: Int)', variables: { v: 'x'.repeat(1_000) } }),
    expected: wrongInput,
  },
  {
    id: 'variable-enum',
    title: 'a misspelt value that is not suggested',
    within: item('kind(of: $k)', { head: '($k: Kind)', variables: { k: 'PLAIN' } }),
    beyond: item('kind(of: $k)', { head: '($k: Kind)', variables: { k: 'HIDDENVALU' } }),
    expected: wrongInput,
  },
  {
    id: 'variable-unknown-field',
    title: 'an unknown field of an input that is not suggested',
    beyond: item('shape(of: $s)', { head: '($s: Shape)', variables: { s: { nam: 'x' } } }),
    expected: wrongInput,
  },
  {
    id: 'variable-missing',
    title: 'a missing variable',
    beyond: item('page(first: $n) { nodes { id } }', { head: '($n: Int!)' }),
    expected: wrongInput,
  },
  {
    id: 'list-literal-deep',
    title: 'a list eleven levels deep, and a hundred',
    within: item(`nested(lists: ${'['.repeat(11)}1${']'.repeat(11)})`),
    beyond: item(`number(value: ${'['.repeat(100)}1${']'.repeat(100)})`),
    expected: invalid,
  },
  {
    id: 'introspection',
    title: 'introspection',
    within: item('__typename'),
    beyond: text(() => '{ __schema { types { name } } }'),
    expected: { accepted: false },
  },
  {
    id: 'introspection-type',
    title: 'introspection of a type hidden in a fragment',
    beyond: text(
      (operation) =>
        `${operation} { ...F } fragment F on ${operation === 'query' ? 'Query' : 'Subscription'} { item { id } __type(name: "Item") { name } }`,
    ),
    expected: { accepted: false },
  },
  {
    id: 'suggest-field',
    title: 'a misspelt field that is not suggested',
    beyond: text((operation) => `${operation} { secretPlan }`),
    expected: invalid,
  },
  {
    id: 'suggest-event',
    title: 'a misspelt event that is not suggested',
    beyond: text((operation) => `${operation} { secretEvent { id } }`),
    expected: invalid,
  },
  { id: 'suggest-argument', title: 'a misspelt argument', beyond: item('number(valu: 1)'), expected: invalid },
  { id: 'suggest-type', title: 'a misspelt type', beyond: item('... on Ite { id }'), expected: invalid },
  { id: 'suggest-enum', title: 'a misspelt enum value', beyond: item('kind(of: HIDDENVALU)'), expected: invalid },
  { id: 'suggest-directive', title: 'a misspelt directive', beyond: item('id @skp(if: true)'), expected: invalid },
  { id: 'faults-many', title: '900 unknown fields', beyond: item(repeat(900, (n) => `f${n}`)), expected: invalid },
  {
    id: 'no-operation',
    title: 'a document with fragments only',
    beyond: text(() => 'fragment F on Item { id }'),
    expected: { accepted: false },
  },
  { id: 'empty', title: 'an empty document', beyond: text(() => ''), expected: { accepted: false } },
  {
    id: 'comment',
    title: 'a document of comments only',
    beyond: text(() => '# nothing\n#'),
    expected: { accepted: false },
  },
  {
    id: 'several',
    title: 'several operations and none named',
    beyond: text((operation) => `${operation} A { item { id } } ${operation} B { item { id } }`),
    expected: wrongInput,
  },
  {
    id: 'unknown-name',
    title: 'the name of an operation that is not there',
    beyond: text((operation) => `${operation} A { item { id } }`, { operationName: '__proto__' }),
    expected: wrongInput,
  },
  {
    id: 'definitions',
    title: 'type definitions in a document',
    beyond: text((operation) => `${operation} { item { id } } type Item { stolen: Int }`),
    expected: invalid,
  },
  { id: 'unterminated', title: 'a text that does not end', beyond: item('text(value: "aaa)'), expected: unreadable },
  { id: 'null-byte', title: 'a null byte in the document', beyond: item('id \u0000'), expected: unreadable },
  {
    id: 'null-byte-variable',
    title: 'null bytes and lone surrogates in a text',
    within: item('text(value: $t)', { head: '($t: String)', variables: { t: 'a\u0000b\ud800c\u202e' } }),
  },
  {
    id: 'prototype-variable',
    title: 'variables that name prototypes',
    within: (operation) => ({
      query: `${operation} ($v: Int) { item { number(value: $v) } }`,
      variables: { v: 1, valueOf: { a: 1 }, toString: 1, hasOwnProperty: 1 },
    }),
  },
  {
    id: 'prototype-alias',
    title: 'aliases that name prototypes',
    within: item('__proto__: id constructor: id hasOwnProperty: id toString: id'),
  },
  {
    id: 'unknown-variables',
    title: 'variables nobody asked for',
    within: item('id', { variables: { nobody: 'asked' } }),
  },
  {
    id: 'leading-bom',
    title: 'a byte order mark before the document',
    within: (operation) => ({ query: `\ufeff${operation} { item { id } }` }),
  },
  {
    id: 'query-list',
    title: 'a list where the document belongs',
    beyond: text(() => ['{ item { id } }']),
    expected: { accepted: false },
  },
  {
    id: 'query-object',
    title: 'an object where the document belongs',
    beyond: text(() => ({ toString: 'x' })),
    expected: { accepted: false },
  },
  {
    id: 'variables-list',
    title: 'a list where the variables belong',
    beyond: text((operation) => `${operation} { item { id } }`, { variables: [1] }),
    expected: { accepted: false },
  },
  {
    id: 'variables-text',
    title: 'a text where the variables belong',
    beyond: text((operation) => `${operation} { item { id } }`, { variables: '{"a":1' }),
    expected: { accepted: false },
  },
  {
    id: 'name-number',
    title: 'a number where the name belongs',
    beyond: text((operation) => `${operation} { item { id } }`, { operationName: 5 }),
    expected: { accepted: false },
  },
  {
    id: 'masked',
    title: 'an error of a driver',
    beyond: item('broken'),
    expected: { accepted: false, code: 'INTERNAL' },
  },
  {
    id: 'scope',
    title: 'a key without the scope',
    within: keyed(READING_KEY),
    beyond: keyed(BARRED_KEY),
    expected: { accepted: false, code: 'FORBIDDEN' },
  },
  {
    id: 'skip-everything',
    title: 'an operation whose every field is left out',
    within: item('id @skip(if: true) child { id }'),
  },
];

const SLOW_MS = 2_000;
const MOST_ANSWER = 20_000;

async function faultsAt(
  door: Door,
  { within, beyond, expected = { accepted: false } }: OperationCase,
  url: string,
): Promise<string[]> {
  const faults: string[] = [];
  const tryOut = async (what: string, make: Make | undefined, wanted: Partial<Omit<Seen, 'text'>>): Promise<void> => {
    if (!make) return;
    const started = Date.now();
    const seen = await door.attempt(url, make(door.operation));
    const ms = Date.now() - started;
    faults.push(...expectSeen(what, seen, wanted));
    if (ms > SLOW_MS) faults.push(`${what}: took ${ms} ms`);
    if (what === 'beyond' && seen.text.length > MOST_ANSWER)
      faults.push(`${what}: ${seen.text.length} characters of refusal`);
    if (seen.status >= 500 && seen.status < 600) faults.push(`${what}: status ${seen.status}`);
    if (seen.status === 1011) faults.push(`${what}: the socket broke`);
  };
  await tryOut('within', within, { accepted: true });
  await tryOut('beyond', beyond, expected);
  // Whatever it was, the next caller is served.
  const after = await door.attempt(url, { query: `${door.operation} { item { id } }` });
  if (!after.accepted) faults.push(`afterwards: ${after.text.slice(0, 200)}`, ...leaks(after));
  return faults;
}

function casesAt(door: Door): AbuseCase[] {
  return CASES.map((operation) => ({
    id: `doc-${operation.id}`,
    title: `${operation.title} (${door.name})`,
    run: (url) => faultsAt(door, operation, url),
  }));
}

export const HTTP_OPERATION_CASES: readonly AbuseCase[] = casesAt(HTTP_DOOR);
export const SOCKET_OPERATION_CASES: readonly AbuseCase[] = casesAt(SOCKET_DOOR);

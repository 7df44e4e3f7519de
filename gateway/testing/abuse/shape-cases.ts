import { BARRED_KEY, READING_KEY } from './abuse-graph';
import { invalid, item, keyed, type OperationCase, repeat, text, unreadable, wrongInput } from './operation-case';

/** Documents and variables that ask for what is hidden, are no documents, or carry what breaks readers. */
export const SHAPE_CASES: readonly OperationCase[] = [
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

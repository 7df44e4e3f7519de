import { makeExecutableSchema } from '@graphql-tools/schema';
import { type DocumentNode, type ExecutionResult, execute, GraphQLScalarType, parse } from 'graphql';
import { SchemaExecutor } from './schema-executor';

const LATER = <T>(value: T): Promise<T> => Promise.resolve(value);

class Row {
  constructor(readonly id: string) {}
  get shout(): string {
    return this.id.toUpperCase();
  }
  get broken(): string {
    throw new Error(`no row ${this.id}`);
  }
  method(given: { by?: number }): string {
    return `${this.id} by ${given.by ?? 'nobody'}`;
  }
}

const Odd = new GraphQLScalarType({
  name: 'Odd',
  serialize: (value) => {
    if (typeof value === 'number' && value % 2 === 1) return value;
    if (value === 4) return null;
    throw new TypeError(`${String(value)} is even`);
  },
  parseValue: (value) => {
    if (typeof value === 'number' && value % 2 === 1) return { odd: value };
    throw new TypeError(`${String(value)} is even`);
  },
});

const schema = makeExecutableSchema({
  typeDefs: `
    scalar Odd
    enum Colour { RED GREEN }
    input Range { from: Int = 1, to: Int!, colour: Colour = GREEN }
    interface Animal { name: String! friend: Animal }
    type Cat implements Animal { name: String! friend: Animal lives: Int! }
    type Dog implements Animal { name: String! friend: Animal barks: Boolean }
    union Pet = Cat | Dog
    type Row { id: ID! shout: String broken: String method(by: Int): String later: String next: Row strict: Row! }
    type Query {
      rows: [Row!]!  looseRows: [Row]  mixed: [Row]  strictRows: [Row!]
      row(id: ID = "r0"): Row
      pets: [Pet!]  animal(kind: String!): Animal
      sum(a: Int!, b: Int = 2, range: Range): Int
      odd(value: Odd): Odd
      colour(value: Colour!): Colour
      colours: [Colour]
      matrix: [[Int!]]
      notAList: [Int]
      throws: String  rejects: String!  error: String  nothing: String!
      text: String  number: Int
      info(given: String): String
      maybe: Maybe
    }
    type Maybe { bad: String! deep: Maybe sibling: String slow: String! }
    type Mutation { next: Int! }
  `,
  resolvers: {
    Odd,
    Colour: { RED: 1, GREEN: 'g' },
    Query: {
      rows: () => [new Row('a'), new Row('b')],
      looseRows: () => [new Row('a'), null, new Error('lost'), new Row('b')],
      mixed: () => [LATER(new Row('p')), new Row('q'), Promise.reject(new Error('gone')), LATER(null)],
      strictRows: () => [LATER(new Row('p')), LATER(null), new Row('q')],
      row: (_: unknown, { id }: { id: string }) => new Row(id),
      pets: () => [{ kind: 'Cat', name: 'Tom', lives: 9 }, { kind: 'Dog', name: 'Rex', barks: true }, { kind: 'Fish' }],
      animal: (_: unknown, { kind }: { kind: string }) => ({
        kind,
        name: kind,
        lives: 7,
        friend: { kind: 'Dog', name: 'Rex' },
      }),
      sum: (_: unknown, { a, b, range }: { a: number; b: number; range?: { from: number; to: number } }) =>
        a + b + (range ? range.to - range.from : 0),
      odd: (_: unknown, { value }: { value?: { odd: number } }) => value?.odd ?? 4,
      colour: (_: unknown, { value }: { value: unknown }) => value,
      colours: () => [1, 'g', 'blue', LATER(1)],
      matrix: () => [[1, 2], null, [3, null]],
      notAList: () => 'text',
      throws: () => {
        throw new Error('thrown');
      },
      rejects: () => Promise.reject(new Error('rejected')),
      error: () => new Error('returned'),
      nothing: () => null,
      text: () => 7,
      number: () => '7',
      info: (
        _: unknown,
        given: object,
        context: unknown,
        info: { path: object; fieldNodes: object[]; fieldName: string },
      ) => JSON.stringify([given, context, info.path, info.fieldNodes.length, info.fieldName]),
      maybe: () => ({ deep: { deep: {}, sibling: () => LATER('s') } }),
    },
    Maybe: {
      bad: () => Promise.reject(new Error('bad')),
      slow: async () => {
        await LATER(1);
        await LATER(2);
        throw new Error('too late to tell');
      },
    },
    Row: {
      later: (row: Row) => LATER(`later ${row.id}`),
      next: (row: Row) => LATER(new Row(`${row.id}+`)),
      strict: (row: Row) => (row.id === 'b' ? null : row),
    },
    Pet: { __resolveType: ({ kind }: { kind: string }) => LATER(kind === 'Fish' ? 'Row' : kind) },
    Animal: {
      __resolveType: ({ kind }: { kind: string }) => {
        if (kind === 'Ghost') throw new Error('boo');
        return kind === 'None' ? undefined : kind;
      },
    },
    Dog: { __isTypeOf: ({ name }: { name: string }) => LATER(name === 'Rex') },
  },
});

const CASES: (readonly [string, Record<string, unknown>?])[] = [
  ['{ rows { id shout alias: id } }'],
  ['{ rows { __typename id broken } text number }'],
  ['{ rows { method } r: rows { method(by: 3) later } }'],
  ['query ($by: Int) { rows { method(by: $by) } }', { by: 5 }],
  ['query ($by: Int) { rows { method(by: $by) } }'],
  ['query ($by: Int = 4) { rows { method(by: $by) } }'],
  ['query ($by: Int) { rows { method(by: $by) } }', { by: 'five' }],
  ['{ rows { id strict { id } } }'],
  ['{ looseRows { id next { id next { id strict { later } } } } }'],
  ['{ mixed { id } strictRows { id later } }'],
  ['{ row { id } other: row(id: "x") { id } text }'],
  ['{ pets { __typename ... on Cat { name lives } ... on Dog { barks name } } }'],
  ['{ animal(kind: "Cat") { name ... on Cat { lives } friend { __typename name } } }'],
  ['{ animal(kind: "Dog") { name } text }'],
  ['{ animal(kind: "Ghost") { name } }'],
  ['{ animal(kind: "None") { name } }'],
  ['{ animal(kind: "Query") { name } }'],
  ['{ animal(kind: "Nobody") { name } }'],
  ['{ animal(kind: "Colour") { name } }'],
  ['query ($r: Range) { sum(a: 1, range: $r) }', { r: { to: 9 } }],
  ['query ($r: Range) { sum(a: 1, range: $r) }', { r: { from: 9 } }],
  ['query ($to: Int!) { sum(a: 1, b: 5, range: { to: $to }) }', { to: 3 }],
  ['query ($a: Int) { sum(a: $a) }', { a: null }],
  ['query ($a: Int! = 3) { sum(a: $a) text }'],
  ['query ($a: Int! = 3) { sum(a: $a) text }', { a: null }],
  ['query ($a: Int!) { sum(a: $a) }', {}],
  ['{ odd(value: 3) none: odd }'],
  ['query ($v: Odd) { odd(value: $v) }', { v: 5 }],
  ['query ($v: Odd) { odd(value: $v) }', { v: 6 }],
  ['query ($c: Colour!) { colour(value: $c) red: colour(value: RED) }', { c: 'GREEN' }],
  ['query ($c: Colour!) { colour(value: $c) }', { c: 'BLUE' }],
  ['{ colours matrix notAList }'],
  ['{ throws error text }'],
  ['{ rejects text }'],
  ['{ nothing text rows { later } }'],
  ['{ rows { later } nothing }'],
  [
    'query ($yes: Boolean!) { rows @include(if: $yes) { id shout @skip(if: $yes) } text @skip(if: $yes) }',
    { yes: true },
  ],
  [
    'query ($yes: Boolean!) { rows @include(if: $yes) { id shout @skip(if: $yes) } text @skip(if: $yes) }',
    { yes: false },
  ],
  [
    'query ($yes: Boolean!) { text ...F @include(if: $yes) ... @skip(if: $yes) { number } } fragment F on Query { rows { id } }',
    { yes: true },
  ],
  ['query ($yes: Boolean = true) { number @skip(if: $yes) text ...F } fragment F on Query { number }'],
  ['query ($yes: Boolean!) { text @include(if: $yes) }', { yes: 1 }],
  ['{ info(given: "x") rows { id } }'],
  ['query Named($g: String) { info(given: $g) }', { g: 'y' }],
  ['{ rows { id } ...A ...B } fragment A on Query { rows { shout } } fragment B on Query { rows { later id } }'],
  ['{ maybe { sibling deep { bad sibling slow deep { slow sibling } } } }'],
  ['{ maybe { deep { bad slow } } maybe2: maybe { slow bad } }'],
  ['{ __typename t: __typename __type(name: "Cat") { name fields { name } } }'],
  ['{ __proto__: text constructor: number rows { __proto__: id toString: shout } }'],
  ['mutation { next a: next }'],
  ['{ rows { unknown } }'],
];

describe('the schema executor', () => {
  let calls = 0;
  const rootValue = { next: () => ++calls };
  const comparable = ({ data, errors }: ExecutionResult) => ({
    data: JSON.stringify(data),
    errors: errors?.map((error) => ({
      ...error.toJSON(),
      cause: error.originalError?.message,
      nodes: error.nodes?.map((node) => node.kind),
    })),
  });

  it.each(CASES.map(([query, variables = {}]) => ({ query, variables })))(
    'should answer as graphql-js does: $query $variables',
    async ({ query, variables }) => {
      const executor = new SchemaExecutor(schema, { compileAfter: 0 });
      const document: DocumentNode = parse(query);
      const contextValue = { who: 'me' };
      const faults = executor.faultsOf(document);
      calls = 0;
      const expected: ExecutionResult =
        faults.length > 0
          ? { errors: faults }
          : await execute({ schema, document, contextValue, rootValue, variableValues: variables });
      for (let round = 0; round < 3; round++) {
        calls = 0;
        const result = await executor.execute({ document, contextValue, rootValue, variables });
        expect(comparable(result)).toEqual(comparable(expected));
      }
    },
  );

  it('should run compiled what it has met often enough, and mutations never', async () => {
    const executor = new SchemaExecutor(schema, { compileAfter: 1 });
    const document = parse('query A { text } mutation B { next }');
    await executor.execute({ document, operationName: 'A' });
    expect(executor.stats()).toEqual({ compiled: 0, interpreted: 1, compiles: 0, documents: 1 });
    await executor.execute({ document, operationName: 'A' });
    await executor.execute({ document, operationName: 'B', rootValue });
    await executor.execute({ document, operationName: 'C' });
    expect(executor.stats()).toEqual({ compiled: 1, interpreted: 3, compiles: 1, documents: 1 });
  });

  it('should answer at once where no resolver waits', () => {
    const executor = new SchemaExecutor(schema, { compileAfter: 0 });
    expect(executor.execute({ document: parse('{ text rows { id } }') })).toEqual({
      data: { text: '7', rows: [{ id: 'a' }, { id: 'b' }] },
    });
  });

  it('should let nothing reject unheard where one item nulls a whole list', async () => {
    // graphql-js leaves the other two to end the process.
    const list = makeExecutableSchema({
      typeDefs: 'type Query { list: [Int!] }',
      resolvers: {
        Query: { list: () => [Promise.reject(new Error('first')), null, Promise.reject(new Error('third'))] },
      },
    });
    const executor = new SchemaExecutor(list, { compileAfter: 0 });
    const result = await executor.execute({ document: parse('{ list }') });
    await new Promise((resolve) => setImmediate(resolve));
    expect(comparable(result)).toMatchObject({
      data: '{"list":null}',
      errors: [{ message: 'Cannot return null for non-nullable field Query.list.', path: ['list', 1] }],
    });
  });

  it('should give each resolver its own arguments', async () => {
    const seen: object[] = [];
    const spoiled = makeExecutableSchema({
      typeDefs: 'type Query { f(a: Int = 1, b: Int): Int }',
      resolvers: {
        Query: {
          f: (_: unknown, given: { a: number }) => {
            seen.push({ ...given });
            given.a = 9;
            return given.a;
          },
        },
      },
    });
    const executor = new SchemaExecutor(spoiled, { compileAfter: 0 });
    const document = parse('query ($b: Int) { f x: f(b: $b) y: f(b: 3) }');
    await executor.execute({ document, variables: { b: 2 } });
    await executor.execute({ document, variables: { b: 2 } });
    expect(seen).toEqual([{ a: 1 }, { a: 1, b: 2 }, { a: 1, b: 3 }, { a: 1 }, { a: 1, b: 2 }, { a: 1, b: 3 }]);
  });

  it('should forget the documents used longest ago', () => {
    const executor = new SchemaExecutor(schema, { compileAfter: 0, documents: 2 });
    for (const field of ['text', 'number', 'throws']) executor.execute({ document: parse(`{ ${field} }`) });
    expect(executor.stats()).toMatchObject({ compiles: 3, documents: 2 });
  });
});

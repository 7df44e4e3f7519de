import { type Row, ref, refs } from '../rows';
import { type AuditCategory, ask } from './category';

/** What the public schema keeps of enums, inputs and hidden elements, and how operations are put together. */
export const mergingCategories: readonly AuditCategory[] = [
  {
    name: 'enum-intersection',
    ids: ['u1', 'u2'],
    subgraphs: {
      a: `type Query { users: [User] usersByType(type: UserType!): [User] } type User @key(fields: "id") { id: ID! type: UserType @shareable } enum UserType { REGULAR ADMIN }`,
      b: `type Query { usersB: [User] } type User @key(fields: "id") { id: ID! type: UserType @shareable } enum UserType { REGULAR ADMIN GUEST @inaccessible }`,
    },
    tables: {
      Query: [
        {
          users: refs('User', 'u1'),
          usersB: refs('User', 'u1', 'u2'),
          usersByType: (_: unknown, { type }: { type: string }) => (type === 'REGULAR' ? refs('User', 'u1') : []),
        },
      ],
      User: [
        { id: 'u1', type: 'REGULAR' },
        { id: 'u2', type: 'GUEST' },
      ],
    },
    cases: [
      ask('{ users { id type } }', { users: [{ id: 'u1', type: 'REGULAR' }] }),
      ask('{ usersByType(type: REGULAR) { id } }', { usersByType: [{ id: 'u1' }] }),
      ask(
        'query($t: UserType!) { usersByType(type: $t) { id type } }',
        { usersByType: [] },
        { variables: { t: 'ADMIN' } },
      ),
      // A value the public schema does not have is no value.
      ask(
        '{ usersB { id type } }',
        {
          usersB: [
            { id: 'u1', type: 'REGULAR' },
            { id: 'u2', type: null },
          ],
        },
        { errors: 1 },
      ),
    ],
  },
  {
    name: 'input-object-intersection',
    whole: true,
    ids: ['u1'],
    subgraphs: {
      a: `type Query { usersInA(filter: UsersFilter!): [User] } type User @key(fields: "id") { id: ID! } input UsersFilter { first: Int! offset: Int tags: [Tag!] = [{ name: "x" }] } input Tag { name: String! }`,
      b: `type Query { usersInB(filter: UsersFilter!): [User] } type User @key(fields: "id") { id: ID! } input UsersFilter { first: Int! tags: [Tag!] = [{ name: "x" }] more: String } input Tag { name: String! weight: Int }`,
    },
    tables: {
      Query: [
        {
          usersInA: (_: unknown, { filter }: { filter: { first: number } }) =>
            refs('User', 'u1', 'u2').slice(0, Math.abs(filter.first % 3)),
          usersInB: (_: unknown, { filter }: { filter: { first: number } }) =>
            refs('User', 'u2', 'u1').slice(0, Math.abs(filter.first % 3)),
        },
      ],
      User: [{ id: 'u1' }, { id: 'u2' }],
    },
    cases: [
      ask('{ usersInA(filter: { first: 1 }) { id } }', { usersInA: [{ id: 'u1' }] }),
      ask(
        'query($f: UsersFilter!) { usersInB(filter: $f) { id } }',
        { usersInB: [{ id: 'u2' }, { id: 'u1' }] },
        { variables: { f: { first: 2, tags: { name: 'one' } } } },
      ),
      ask(
        'query($n: Int = 1) { a: usersInA(filter: { first: $n, tags: [] }) { id } b: usersInB(filter: { first: $n }) { id } }',
        { a: [{ id: 'u1' }], b: [{ id: 'u2' }] },
      ),
    ],
  },
  {
    name: 'simple-inaccessible',
    whole: true,
    subgraphs: {
      age: `type Query { usersInAge: [User!]! } type User @key(fields: "id") { id: ID! age: Int secret: Secret @inaccessible } type Secret @inaccessible { code: String }`,
      friends: `type Query { usersInFriends: [User!]! } type User @key(fields: "id") { id: ID! @shareable age: Int @external
        friends(type: FriendType = FAMILY, hidden: Int = 3 @inaccessible): [User!]! type: FriendType! group: String @requires(fields: "age") @inaccessible shown: String @requires(fields: "age") }
        enum FriendType { FAMILY FRIEND @inaccessible }`,
    },
    tables: {
      Query: [{ usersInAge: refs('User', 'u1', 'u2'), usersInFriends: refs('User', 'u2') }],
      User: [
        { id: 'u1', age: 30, secret: { code: 's' }, friends: refs('User', 'u2'), type: 'FAMILY', group: 'g', shown },
        { id: 'u2', age: null, secret: null, friends: [], type: 'FAMILY', group: 'g', shown },
      ],
    },
    cases: [
      ask('{ usersInAge { id shown friends { id type shown } } }', {
        usersInAge: [
          { id: 'u1', shown: 'age 30', friends: [{ id: 'u2', type: 'FAMILY', shown: 'age null' }] },
          { id: 'u2', shown: 'age null', friends: [] },
        ],
      }),
      ask('{ usersInFriends { friends(type: FAMILY) { id } age } }', { usersInFriends: [{ friends: [], age: null }] }),
    ],
  },
  {
    name: 'typename',
    whole: true,
    subgraphs: {
      a: `schema { query: RootA } type RootA { union: Thing interface: Node users: [User!]! } union Thing = Oven | Toaster interface Node { id: ID! }
        type Oven { id: ID! } type Toaster implements Node { id: ID! } type User @key(fields: "id") { id: ID! }`,
      b: `schema { query: RootB } type RootB { toast: Toast } type Toast { done: Boolean! } type User @key(fields: "id") { id: ID! name: String! }`,
    },
    tables: {
      Query: [
        {
          union: { __typename: 'Oven', id: 'o1' },
          interface: { __typename: 'Toaster', id: 't1' },
          toast: { __typename: 'Toast', done: true },
          users: refs('User', 'u1'),
        },
      ],
      User: [{ id: 'u1', name: 'Mei' }],
    },
    cases: [
      ask('{ __typename }', { __typename: 'Query' }),
      ask('{ t: __typename union { __typename } interface { kind: __typename id } toast { __typename } }', {
        t: 'Query',
        union: { __typename: 'Oven' },
        interface: { kind: 'Toaster', id: 't1' },
        toast: { __typename: 'Toast' },
      }),
      ask('{ users { a: __typename b: __typename name __typename } ... on Query { x: __typename } }', {
        users: [{ a: 'User', b: 'User', name: 'Mei', __typename: 'User' }],
        x: 'Query',
      }),
    ],
  },
  {
    name: 'include-skip',
    whole: true,
    subgraphs: {
      a: `type Query { product: Product } type Product @key(fields: "id") { id: ID! price: Float! }`,
      b: `type Product @key(fields: "id") { id: ID! isExpensive: Boolean! @requires(fields: "price") price: Float! @external }`,
      c: `type Product @key(fields: "id") { id: ID! isExpensive: Boolean! @external include: Boolean @requires(fields: "isExpensive") skip: Boolean @requires(fields: "isExpensive") neverCalled: Boolean }`,
    },
    tables: {
      Query: [{ product: ref('Product', 'p1') }],
      Product: [
        {
          id: 'p1',
          price: 699.99,
          isExpensive: ({ price }: { price: number }) => price > 500,
          include: (_: Row, __: object, read: (field: string) => unknown) => read('isExpensive') === true,
          skip: (_: Row, __: object, read: (field: string) => unknown) => read('isExpensive') === true,
          neverCalled: true,
        },
      ],
    },
    cases: [
      ask(
        'query($on: Boolean!) { product { price include @include(if: $on) } }',
        { product: { price: 699.99 } },
        { variables: { on: false } },
      ),
      ask('query($on: Boolean = true) { product { price include @include(if: $on) skip @skip(if: $on) } }', {
        product: { price: 699.99, include: true },
      }),
      ask(
        'query($on: Boolean!) { product { ... @include(if: $on) { skip } ...F @skip(if: $on) } } fragment F on Product { neverCalled }',
        { product: { skip: true } },
        { variables: { on: true } },
      ),
      ask(
        'query($on: Boolean!) { product @skip(if: $on) { id } x: __typename }',
        { x: 'Query' },
        { variables: { on: true } },
      ),
      ask(
        'query($a: Boolean!, $b: Boolean!) { product { include @include(if: $a) @skip(if: $b) } product { id @include(if: $b) } }',
        { product: { include: true } },
        { variables: { a: true, b: false } },
      ),
    ],
  },
  {
    name: 'mutations',
    whole: true,
    ids: ['p1'],
    subgraphs: {
      a: `type Query { product(id: ID!): Product! } type Mutation { addProduct(input: AddProduct!): Product! multiply(by: Int!, requestId: String!): Int! }
        input AddProduct { name: String! price: Float! tags: [String] } type Product @key(fields: "id") { id: ID! name: String! price: Float! }`,
      b: `type Mutation { delete(requestId: String!): Int! } type Product @key(fields: "id") { id: ID! isExpensive: Boolean! @requires(fields: "price") price: Float! @external isAvailable: Boolean! }`,
      c: `type Mutation { add(num: Int!, requestId: String!): Int! @shareable addCategory(name: String!): Category! } type Category @key(fields: "id") { id: ID! name: String! }`,
    },
    tables: {
      Query: [{ product: () => ref('Product', 'p1') }],
      Mutation: [
        {
          addProduct: () => ref('Product', 'p1'),
          multiply: (_: unknown, { by }: { by: number }) => (by % 100) * 2,
          delete: () => 0,
          add: (_: unknown, { num }: { num: number }) => (num % 100) + 1,
          addCategory: (_: unknown, { name }: { name: string }) => ({ id: 'c1', name }),
        },
      ],
      Product: [
        {
          id: 'p1',
          name: 'Pear',
          price: 12,
          isExpensive: ({ price }: { price: number }) => price > 10,
          isAvailable: true,
        },
      ],
    },
    cases: [
      ask('mutation { addProduct(input: { name: "Pear", price: 12 }) { name isExpensive isAvailable } }', {
        addProduct: { name: 'Pear', isExpensive: true, isAvailable: true },
      }),
      ask(
        'mutation { five: add(num: 5, requestId: "x") ten: multiply(by: 10, requestId: "x") twelve: add(num: 12, requestId: "x") final: delete(requestId: "x") }',
        {
          five: 6,
          ten: 20,
          twelve: 13,
          final: 0,
        },
      ),
      ask(
        'mutation($n: String!) { __typename addCategory(name: $n) { name __typename } }',
        { __typename: 'Mutation', addCategory: { name: '茶 "x"', __typename: 'Category' } },
        { variables: { n: '茶 "x"' } },
      ),
    ],
  },
];

function shown({ age }: { age: number | null }): string {
  return `age ${age}`;
}

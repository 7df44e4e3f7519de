import { ref, refs } from '../rows';
import { type AuditCategory, ask } from './category';

const SHELF = {
  __typename: 'Shelf',
  products: refs('Product', '1', '2'),
  first: ref('Product', '1'),
  chosen: ref('Product', '2'),
};

/** How entities are found: single, compound, nested, several and unanswerable keys. */
export const keyCategories: readonly AuditCategory[] = [
  {
    name: 'simple-entity-call',
    whole: true,
    ids: ['u1', 'u2'],
    subgraphs: {
      mail: `type Query { me: User users: [User!]! } type User @key(fields: "id") { id: ID! email: String! }`,
      names: `type User @key(fields: "email") { email: String! @external nickname: String! }`,
    },
    tables: {
      Query: [{ me: ref('User', 'u1'), users: refs('User', 'u1', 'u2') }],
      User: [
        { id: 'u1', email: 'mei@example.com', nickname: '阿美' },
        { id: 'u2', email: 'wing@example.com', nickname: 'Wing' },
      ],
    },
    cases: [
      ask('{ me { id nickname } }', { me: { id: 'u1', nickname: '阿美' } }),
      ask('{ users { nickname } }', { users: [{ nickname: '阿美' }, { nickname: 'Wing' }] }),
    ],
  },
  {
    name: 'complex-entity-call',
    size: { depth: 3, fields: 8 },
    whole: true,
    subgraphs: {
      top: `type Query { top: Shelf! }
        type Shelf @key(fields: "products { id }") { products: [Product!]! }
        type Product @key(fields: "id") { id: ID! }`,
      shelf: `type Shelf @key(fields: "products { id pid }") { products: [Product!]! first: Product @shareable chosen: Product @shareable }
        type Product @key(fields: "id pid") { id: ID! pid: ID }`,
      link: `type Product @key(fields: "id") @key(fields: "id pid") { id: ID! pid: ID! }`,
      price: `type Shelf @key(fields: "products { id pid category { id tag } } chosen { id }") {
          products: [Product!]! first: Product @shareable chosen: Product @shareable }
        type Product @key(fields: "id pid category { id tag }") { id: ID! price: Price pid: ID category: Category }
        type Category @key(fields: "id tag") { id: ID! tag: String }
        type Price { amount: Float! }`,
      products: `type Product @key(fields: "id pid") { id: ID! pid: ID category: Category @shareable }
        type Category @key(fields: "id tag") { id: ID! tag: String mainProduct: Product! }
        type Shelf @key(fields: "products { id }") { products: [Product!]! }`,
    },
    tables: {
      Query: [{ top: SHELF }],
      Shelf: [SHELF],
      Product: [
        { id: '1', pid: 'p1', price: { amount: 100 }, category: ref('Category', 'c1') },
        { id: '2', pid: 'p2', price: { amount: 200.5 }, category: ref('Category', 'c2') },
      ],
      Category: [
        { id: 'c1', tag: 't1', mainProduct: ref('Product', '1') },
        { id: 'c2', tag: 't2', mainProduct: ref('Product', '2') },
      ],
    },
    cases: [
      ask('{ top { products { id pid price { amount } category { mainProduct { id } tag } } } }', {
        top: {
          products: [
            { id: '1', pid: 'p1', price: { amount: 100 }, category: { mainProduct: { id: '1' }, tag: 't1' } },
            { id: '2', pid: 'p2', price: { amount: 200.5 }, category: { mainProduct: { id: '2' }, tag: 't2' } },
          ],
        },
      }),
    ],
  },
  {
    name: 'parent-entity-call',
    whole: true,
    subgraphs: {
      a: `type Query { products: [Product] } type Product @key(fields: "id pid") { id: ID! pid: ID! }`,
      b: `type Product @key(fields: "id pid") { id: ID! pid: ID! category: Category @shareable } type Category { name: String! }`,
      c: `type Product @key(fields: "id pid") { id: ID! pid: ID! category: Category @shareable } type Category { details: Details } type Details { products: Int! }`,
    },
    tables: {
      Query: [{ products: refs('Product', 'p1', 'p2') }],
      Product: [
        { id: 'p1', pid: 'q1', category: { name: 'Tea', details: { products: 3 } } },
        { id: 'p2', pid: 'q2', category: null },
      ],
    },
    cases: [
      ask('{ products { category { name details { products } } } }', {
        products: [{ category: { name: 'Tea', details: { products: 3 } } }, { category: null }],
      }),
      ask('{ products { category { details { products } } } }', {
        products: [{ category: { details: { products: 3 } } }, { category: null }],
      }),
    ],
  },
  {
    name: 'parent-entity-call-complex',
    whole: true,
    subgraphs: {
      a: `type Product @key(fields: "id") { id: ID! category: Category @shareable } type Category { details: String @shareable }`,
      b: `type Product @key(fields: "id") { id: ID! category: Category @shareable } type Category @key(fields: "id") { id: ID! }`,
      c: `type Category @key(fields: "id") { id: ID! name: String }`,
      d: `type Query { productFromD(id: ID!): Product } type Product @key(fields: "id") { id: ID! name: String! }`,
    },
    ids: ['1', '2'],
    tables: {
      Query: [{ productFromD: (_: unknown, { id }: { id: string }) => ref('Product', id) }],
      Product: [
        { id: '1', name: 'First', category: ref('Category', '3') },
        { id: '2', name: 'Second', category: null },
      ],
      Category: [{ id: '3', name: 'Third', details: 'of the third' }],
    },
    cases: [
      ask('{ productFromD(id: "1") { id name category { id name details } } }', {
        productFromD: { id: '1', name: 'First', category: { id: '3', name: 'Third', details: 'of the third' } },
      }),
    ],
  },
  {
    name: 'keys-mashup',
    whole: true,
    subgraphs: {
      a: `type A @key(fields: "id") @key(fields: "pId", resolvable: false) @key(fields: "pair { one two }", resolvable: false)
          @key(fields: "id pair { two three }", resolvable: false) { id: ID! pId: ID! pair: Pair! name: String! }
        type Pair { one: ID! two: ID! three: ID! }`,
      b: `type Query { b: B } type B @key(fields: "id") { id: ID! a: [A!]! }
        type A @key(fields: "pair { one two }", resolvable: false) @key(fields: "id pair { two three }")
          @key(fields: "pId", resolvable: false) @key(fields: "id", resolvable: false) {
          id: ID! pId: ID! pair: Pair! name: String! @external nameInB: String! @requires(fields: "name") }
        type Pair { one: ID! two: ID! three: ID! }`,
    },
    tables: {
      Query: [{ b: ref('B', '100') }],
      B: [{ id: '100', a: refs('A', '1', '2') }],
      A: [
        { id: '1', pId: 'p1', pair: { one: 'x', two: 'y', three: 'z' }, name: 'one', nameInB: named },
        { id: '2', pId: 'p2', pair: { one: 'x', two: 'v', three: 'w' }, name: 'two', nameInB: named },
      ],
    },
    cases: [
      ask('{ b { id a { id name nameInB } } }', {
        b: {
          id: '100',
          a: [
            { id: '1', name: 'one', nameInB: 'one in b' },
            { id: '2', name: 'two', nameInB: 'two in b' },
          ],
        },
      }),
      ask('{ b { a { nameInB } } }', { b: { a: [{ nameInB: 'one in b' }, { nameInB: 'two in b' }] } }),
    ],
  },
  {
    name: 'null-keys',
    subgraphs: {
      a: `type Query { containers: [Container] } type Container { book: Book } type Book @key(fields: "upc") { upc: ID! }`,
      b: `type Book @key(fields: "id") @key(fields: "upc") { id: ID! upc: ID! }`,
      c: `type Book @key(fields: "id") { id: ID! author: Author } type Author @key(fields: "id") { id: ID! name: String }`,
    },
    tables: {
      Query: [
        {
          containers: [
            { book: { __typename: 'Book', upc: 'b1' } },
            { book: { __typename: 'Book', upc: 'lost' } },
            { book: null },
            null,
            { book: { __typename: 'Book', upc: 'b2' } },
          ],
        },
      ],
      Book: [
        { id: '1', upc: 'b1', author: { id: 'x', name: 'Ann' } },
        { id: '2', upc: 'b2', author: null },
      ],
      Author: [{ id: 'x', name: 'Ann' }],
    },
    cases: [
      ask('{ containers { book { upc author { name } } } }', {
        containers: [
          { book: { upc: 'b1', author: { name: 'Ann' } } },
          { book: { upc: 'lost', author: null } },
          { book: null },
          null,
          { book: { upc: 'b2', author: null } },
        ],
      }),
    ],
  },
  {
    name: 'fed1-external-extends',
    whole: true,
    ids: ['u1', 'u2'],
    subgraphs: {
      a: `#fed1
        type Query { randomUser: User userById(id: ID): User }
        type User @extends @key(fields: "id") { id: ID! @external rid: ID name: String @external }`,
      b: `#fed1
        extend type Query { providedRandomUser: User @provides(fields: "name") }
        type User @key(fields: "id") { id: ID! name: String }`,
    },
    tables: externalUsers(),
    cases: [
      ask('{ randomUser { id rid name } }', { randomUser: { id: 'u1', rid: 'r1', name: 'u1-name' } }),
      ask('{ userById(id: "u2") { name rid } providedRandomUser { id name rid } }', {
        userById: { name: 'u2-name', rid: 'r2' },
        providedRandomUser: { id: 'u2', name: 'u2-name', rid: 'r2' },
      }),
    ],
  },
  {
    name: 'fed1-external-extends-resolvable',
    whole: true,
    subgraphs: {
      a: `#fed1
        type Product @key(fields: "id") { id: ID! name: String pid: ID }`,
      b: `#fed1
        type Query { productInB: Product }
        extend type Product @key(fields: "id") @key(fields: "pid") { id: ID! @external pid: ID @external upc: String name: String @external
          price: Float @requires(fields: "name") }`,
    },
    tables: {
      Query: [{ productInB: ref('Product', 'p1') }],
      Product: [
        { id: 'p1', pid: 'q1', name: 'Oolong', upc: 'upc1', price: (self: { name: string }) => self.name.length + 0.5 },
      ],
    },
    cases: [
      ask('{ productInB { id pid name upc price } }', {
        productInB: { id: 'p1', pid: 'q1', name: 'Oolong', upc: 'upc1', price: 6.5 },
      }),
    ],
  },
  {
    name: 'fed1-external-extension',
    whole: true,
    ids: ['u1', 'u2'],
    subgraphs: {
      a: `#fed1
        type Query { randomUser: User userById(id: ID): User }
        extend type User @key(fields: "id") { id: ID! @external rid: ID }`,
      b: `#fed1
        extend type Query { providedRandomUser: User }
        type User @key(fields: "id") { id: ID! name: String }`,
    },
    tables: externalUsers(),
    cases: [ask('{ randomUser { rid name } }', { randomUser: { rid: 'r1', name: 'u1-name' } })],
  },
  {
    name: 'fed2-external-extends',
    whole: true,
    ids: ['u1', 'u2'],
    subgraphs: {
      a: `type Query { randomUser: User userById(id: ID): User }
        type User @extends @key(fields: "id") { id: ID! @external rid: ID }`,
      b: `type Query { providedRandomUser: User } type User @key(fields: "id") { id: ID! name: String @shareable }`,
      c: `type Query @shareable { usersAgain: [User!]! @provides(fields: "name") } type User @key(fields: "id") { id: ID! name: String @external }`,
    },
    tables: externalUsers(),
    cases: [
      ask('{ userById(id: "u1") { id name rid } usersAgain { name rid } }', {
        userById: { id: 'u1', name: 'u1-name', rid: 'r1' },
        usersAgain: [
          { name: 'u1-name', rid: 'r1' },
          { name: 'u2-name', rid: 'r2' },
        ],
      }),
    ],
  },
  {
    name: 'fed2-external-extension',
    whole: true,
    ids: ['u1', 'u2'],
    subgraphs: {
      a: `type Query { randomUser: User userById(id: ID): User } extend type User @key(fields: "id") { id: ID! @external rid: ID }`,
      b: `type Query { providedRandomUser: User } type User @key(fields: "id") { id: ID! name: String }`,
    },
    tables: externalUsers(),
    cases: [
      ask('query($id: ID = "u2") { userById(id: $id) { id rid name } }', {
        userById: { id: 'u2', rid: 'r2', name: 'u2-name' },
      }),
      ask('{ userById(id: "nobody") { name } }', { userById: null }),
    ],
  },
  {
    name: 'mysterious-external',
    whole: true,
    subgraphs: {
      products: `type Query { products: [Product!]! } type Product @key(fields: "id") { id: ID! name: String! price: Float! @external again: Again! @provides(fields: "product { price }") } type Again { product: Product! }`,
      price: `extend type Product @key(fields: "id") { id: ID! @external price: Float! @shareable }`,
    },
    tables: {
      Query: [{ products: refs('Product', 'p1', 'p2') }],
      Product: [
        { id: 'p1', name: 'Rice', price: 12.3, again: { product: ref('Product', 'p2') } },
        { id: 'p2', name: 'Noodles', price: 10, again: { product: ref('Product', 'p1') } },
      ],
    },
    cases: [
      ask('{ products { id name price } }', {
        products: [
          { id: 'p1', name: 'Rice', price: 12.3 },
          { id: 'p2', name: 'Noodles', price: 10 },
        ],
      }),
    ],
  },
];

function named(self: { name: string }): string {
  return `${self.name} in b`;
}

function externalUsers() {
  return {
    Query: [
      {
        randomUser: ref('User', 'u1'),
        userById: (_: unknown, { id }: { id: string }) => ref('User', id),
        providedRandomUser: ref('User', 'u2'),
        usersAgain: refs('User', 'u1', 'u2'),
      },
    ],
    User: [
      { id: 'u1', rid: 'r1', name: 'u1-name' },
      { id: 'u2', rid: 'r2', name: 'u2-name' },
    ],
  };
}

import { type Row, ref, refs } from '../rows';
import { type AuditCategory, ask } from './category';

type Read = (field: string, args?: object) => unknown;

/** Who answers a field that several could: @shareable, @provides, @override, roots in common. */
export const sharingCategories: readonly AuditCategory[] = [
  {
    name: 'shared-root',
    whole: true,
    subgraphs: {
      category: `type Query { product: Product! @shareable products: [Product!]! @shareable } type Product @shareable { id: ID! category: Category! } type Category { id: ID! name: String! }`,
      name: `type Query { product: Product! @shareable products: [Product!]! @shareable } type Product @shareable { id: ID! name: Name! } type Name { brand: String! model: String! }`,
      price: `type Query { product: Product! @shareable products: [Product!]! @shareable } type Product @shareable { id: ID! price: Price! } type Price { amount: Int! }`,
    },
    tables: {
      Query: [{ product: product('1'), products: [product('1'), product('2')] }],
    },
    cases: [
      ask('{ product { id name { brand } category { name } price { amount } } }', {
        product: { id: '1', name: { brand: 'brand 1' }, category: { name: 'category 1' }, price: { amount: 1 } },
      }),
      ask('{ products { price { amount } name { model } } }', {
        products: [
          { price: { amount: 1 }, name: { model: 'model 1' } },
          { price: { amount: 2 }, name: { model: 'model 2' } },
        ],
      }),
    ],
  },
  {
    name: 'nested-provides',
    whole: true,
    subgraphs: {
      all: `type Query { products: [Product] @provides(fields: "categories { id name }") } type Product @key(fields: "id") { id: ID! categories: [Category] @external }
        type Category @key(fields: "id") { id: ID! name: String @external }`,
      category: `type Product @key(fields: "id") { id: ID! categories: [Category] @shareable } type Category @key(fields: "id") { id: ID! name: String @shareable }`,
      subcategories: `type Category @key(fields: "id") { id: ID! subCategories: [Category] }`,
    },
    tables: {
      Query: [{ products: refs('Product', 'p1', 'p2') }],
      Product: [
        { id: 'p1', categories: refs('Category', 'c1', 'c2') },
        { id: 'p2', categories: null },
      ],
      Category: [
        { id: 'c1', name: 'Tea', subCategories: refs('Category', 'c2') },
        { id: 'c2', name: null, subCategories: [] },
      ],
    },
    cases: [
      ask('{ products { id categories { id name } } }', {
        products: [
          {
            id: 'p1',
            categories: [
              { id: 'c1', name: 'Tea' },
              { id: 'c2', name: null },
            ],
          },
          { id: 'p2', categories: null },
        ],
      }),
      ask('{ products { categories { subCategories { id name } } } }', {
        products: [
          { categories: [{ subCategories: [{ id: 'c2', name: null }] }, { subCategories: [] }] },
          { categories: null },
        ],
      }),
    ],
  },
  {
    name: 'provides-on-interface',
    size: { depth: 3, fields: 8 },
    whole: true,
    subgraphs: {
      a: `type Query { media: Media @shareable } interface Media { id: ID! animals: [Animal] } interface Animal { id: ID! }
        type Book implements Media @key(fields: "id") { id: ID! animals: [Animal] @shareable }
        type Dog implements Animal @key(fields: "id") { id: ID! } type Cat implements Animal @key(fields: "id") { id: ID! }`,
      b: `type Query { media: Media @shareable @provides(fields: "animals { id name }") } interface Media { id: ID! animals: [Animal] } interface Animal { id: ID! name: String }
        type Book implements Media @key(fields: "id") { id: ID! animals: [Animal] @external }
        type Dog implements Animal { id: ID! @external name: String @external } type Cat implements Animal { id: ID! @external name: String @external }`,
      c: `interface Media { id: ID! animals: [Animal] } interface Animal { id: ID! name: String }
        type Book implements Media @key(fields: "id") { id: ID! animals: [Animal] @shareable }
        type Dog implements Animal @key(fields: "id") { id: ID! name: String @shareable age: Int } type Cat implements Animal @key(fields: "id") { id: ID! name: String @shareable age: Int }`,
    },
    tables: {
      Query: [{ media: ref('Book', 'm1') }],
      Book: [{ id: 'm1', animals: [ref('Dog', 'a1'), ref('Cat', 'a2')] }],
      Dog: [{ id: 'a1', name: 'Fido', age: 3 }],
      Cat: [{ id: 'a2', name: 'Tom', age: null }],
    },
    cases: [
      ask('{ media { id animals { id name } } }', {
        media: {
          id: 'm1',
          animals: [
            { id: 'a1', name: 'Fido' },
            { id: 'a2', name: 'Tom' },
          ],
        },
      }),
      ask('{ media { animals { ... on Cat { name age } ... on Dog { age } } } }', {
        media: { animals: [{ age: 3 }, { name: 'Tom', age: null }] },
      }),
    ],
  },
  {
    name: 'provides-on-union',
    size: { depth: 3, fields: 8 },
    whole: true,
    subgraphs: {
      a: `type Query { media: [Media] @shareable } union Media = Book | Movie type Book @key(fields: "id") { id: ID! } type Movie @key(fields: "id") { id: ID! }`,
      b: `type Query { media: [Media] @shareable @provides(fields: "... on Book { title }") } union Media = Book | Movie
        type Book @key(fields: "id") { id: ID! title: String @external } type Movie @key(fields: "id") { id: ID! }`,
      c: `union Media = Book | Movie type Book @key(fields: "id") { id: ID! title: String @shareable } type Movie @key(fields: "id") { id: ID! title: String @shareable }`,
    },
    tables: {
      Query: [{ media: [ref('Book', 'm1'), ref('Movie', 'm2')] }],
      Book: [{ id: 'm1', title: 'Tea' }],
      Movie: [{ id: 'm2', title: 'Rain' }],
    },
    cases: [
      ask('{ media { ... on Book { id title } ... on Movie { id title } } }', {
        media: [
          { id: 'm1', title: 'Tea' },
          { id: 'm2', title: 'Rain' },
        ],
      }),
      ask('{ media { ... on Book { title } __typename } }', {
        media: [{ title: 'Tea', __typename: 'Book' }, { __typename: 'Movie' }],
      }),
    ],
  },
  {
    name: 'simple-override',
    whole: true,
    subgraphs: {
      a: `type Query { feed: [Post] @shareable aFeed: [Post] } type Post @key(fields: "id") { id: ID! createdAt: String! @override(from: "b") }`,
      b: `type Query { feed: [Post] @shareable bFeed: [Post] } type Post @key(fields: "id") { id: ID! createdAt: String! }`,
    },
    tables: {
      Query: [{ feed: refs('Post', 'p1'), aFeed: refs('Post', 'p2'), bFeed: refs('Post', 'p1', 'p2') }],
      Post: [
        { id: 'p1', createdAt: 'monday' },
        { id: 'p2', createdAt: 'tuesday' },
      ],
    },
    cases: [
      ask('{ bFeed { id createdAt } }', {
        bFeed: [
          { id: 'p1', createdAt: 'monday' },
          { id: 'p2', createdAt: 'tuesday' },
        ],
      }),
      ask('{ aFeed { createdAt } feed { id } }', { aFeed: [{ createdAt: 'tuesday' }], feed: [{ id: 'p1' }] }),
    ],
  },
  {
    name: 'unavailable-override',
    whole: true,
    subgraphs: {
      a: `type Query { aFeed: [Post] } type Post @key(fields: "id") { id: ID! createdAt: String! @override(from: "nobody") }`,
      b: `type Query { bFeed: [Post] } type Post @key(fields: "id") { id: ID! }`,
    },
    tables: {
      Query: [{ aFeed: refs('Post', 'p1'), bFeed: refs('Post', 'p1') }],
      Post: [{ id: 'p1', createdAt: 'monday' }],
    },
    cases: [ask('{ bFeed { createdAt } }', { bFeed: [{ createdAt: 'monday' }] })],
  },
  {
    name: 'progressive-override',
    whole: true,
    subgraphs: {
      a: `type Query { feed: [Post] } type Post @key(fields: "id") { id: ID! all: String @override(from: "b", label: "percent(100)") none: String @override(from: "b", label: "percent(0)") flag: String @override(from: "b", label: "flagged") }`,
      b: `type Post @key(fields: "id") { id: ID! all: String none: String flag: String other: Int }`,
    },
    tables: { Query: [{ feed: refs('Post', 'p1') }], Post: [{ id: 'p1', all: 'x', none: 'y', flag: 'z', other: 1 }] },
    cases: [ask('{ feed { all none flag other } }', { feed: [{ all: 'x', none: 'y', flag: 'z', other: 1 }] })],
  },
  {
    name: 'override-type-interface',
    whole: true,
    subgraphs: {
      a: `type Query { feed: [Post] } interface Post { id: ID! createdAt: String! }
        type ImagePost implements Post @key(fields: "id") { id: ID! createdAt: String! }`,
      b: `type Query { anotherFeed: [AnotherPost] } interface AnotherPost { id: ID! createdAt: String! }
        type TextPost implements AnotherPost @key(fields: "id") { id: ID! createdAt: String! body: String! }
        type ImagePost implements AnotherPost @key(fields: "id") { id: ID! createdAt: String! @override(from: "a") }`,
    },
    tables: {
      Query: [{ feed: refs('ImagePost', 'i1', 'i2'), anotherFeed: [ref('TextPost', 't1'), ref('ImagePost', 'i1')] }],
      ImagePost: [
        { id: 'i1', createdAt: 'mon' },
        { id: 'i2', createdAt: 'tue' },
      ],
      TextPost: [{ id: 't1', createdAt: 'wed', body: 'hello' }],
    },
    cases: [
      ask('{ feed { id createdAt } }', {
        feed: [
          { id: 'i1', createdAt: 'mon' },
          { id: 'i2', createdAt: 'tue' },
        ],
      }),
      ask('{ anotherFeed { createdAt id ... on TextPost { body } } }', {
        anotherFeed: [
          { createdAt: 'wed', id: 't1', body: 'hello' },
          { createdAt: 'mon', id: 'i1' },
        ],
      }),
    ],
  },
  {
    name: 'override-with-requires',
    whole: true,
    subgraphs: {
      a: `type Query { userInA: User } type User @key(fields: "id") { id: ID! name: String! @override(from: "b") aName: String! @requires(fields: "surname") surname: String! @external }`,
      b: `type Query { userInB: User } type User @key(fields: "id") { id: ID! name: String! surname: String! cName: String! }`,
      c: `type Query { userInC: User } type User @key(fields: "id") { id: ID! email: String! cName: String! @requires(fields: "name") @override(from: "b") name: String! @external }`,
    },
    tables: {
      Query: [{ userInA: ref('User', 'u1'), userInB: ref('User', 'u1'), userInC: ref('User', 'u1') }],
      User: [
        {
          id: 'u1',
          name: 'mei',
          surname: 'chan',
          email: 'm@x',
          aName: (_: Row, __: object, read: Read) => `a.${read('surname')}`,
          cName: (_: Row, __: object, read: Read) => `c.${read('name')}`,
        },
      ],
    },
    cases: [
      ask('{ userInA { aName cName } userInB { name cName email } userInC { aName name } }', {
        userInA: { aName: 'a.chan', cName: 'c.mei' },
        userInB: { name: 'mei', cName: 'c.mei', email: 'm@x' },
        userInC: { aName: 'a.chan', name: 'mei' },
      }),
    ],
  },
];

function product(id: string): Row {
  return {
    id,
    category: { id: `c${id}`, name: `category ${id}` },
    name: { brand: `brand ${id}`, model: `model ${id}` },
    price: { amount: Number(id) },
  };
}

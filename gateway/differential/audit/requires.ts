import { Reference, type Row, ref, refs } from '../rows';
import { type AuditCategory, ask } from './category';

type Read = (field: string, args?: object) => unknown;

const estimates = {
  shippingEstimate: (self: { price: number; weight: number }) => self.price * self.weight,
  shippingEstimateTag: (self: { upc: string; price: number; weight: number }) =>
    `#${self.upc}#${self.price * self.weight}#`,
};

const freight = {
  volume: ({ box }: { box: { width: number; height: number | null } }) =>
    box.height === null ? null : box.width * box.height,
  heaviest: ({ parts }: { parts: { grams: (number | null)[] | null }[] }) =>
    Math.max(0, ...parts.flatMap(({ grams }) => grams ?? []).map((grams) => grams ?? 0)),
};

const requirers = {
  requirer: ({ data }: { data: Row }) => `${data['foo']}_${data['bar']}_${data['qux'] ?? data['baz']}`,
  requirer2: ({ data }: { data: Row }) => `${data['foo']}`,
};

/** Fields computed from what other subgraphs own. */
export const requiresCategories: readonly AuditCategory[] = [
  {
    name: 'simple-requires-provides',
    whole: true,
    subgraphs: {
      accounts: `type Query { me: User } type User @key(fields: "id") { id: ID! name: String username: String @shareable }`,
      inventory: `type Product @key(fields: "upc") { upc: ID! weight: Int @external price: Int @external inStock: Boolean
        shippingEstimate: Int @requires(fields: "price weight") shippingEstimateTag: String @requires(fields: "price weight") }`,
      products: `type Query { products: [Product] } type Product @key(fields: "upc") { upc: ID! name: String price: Int weight: Int }`,
      reviews: `type Review @key(fields: "id") { id: ID! body: String author: User @provides(fields: "username") product: Product }
        type User @key(fields: "id") { id: ID! username: String @external reviews: [Review] }
        type Product @key(fields: "upc") { upc: ID! reviews: [Review] }`,
    },
    tables: {
      Query: [{ me: ref('User', 'u1'), products: [product('p1'), product('p2')] }],
      User: [
        { id: 'u1', name: 'Mei', username: 'u-mei', reviews: refs('Review', 'r1') },
        { id: 'u2', name: null, username: 'u-wing', reviews: [] },
      ],
      Product: [
        {
          upc: 'p1',
          name: 'Rice',
          price: 11,
          weight: 1,
          inStock: true,
          ...estimates,
          reviews: refs('Review', 'r1', 'r2'),
        },
        { upc: 'p2', name: 'Oil', price: 22, weight: 2, inStock: false, ...estimates, reviews: [] },
      ],
      Review: [
        { id: 'r1', body: 'Good "rice"', author: ref('User', 'u1'), product: product('p1') },
        { id: 'r2', body: null, author: ref('User', 'u2'), product: product('p1') },
      ],
    },
    cases: [
      ask('{ products { upc shippingEstimate shippingEstimateTag inStock } }', {
        products: [
          { upc: 'p1', shippingEstimate: 11, shippingEstimateTag: '#p1#11#', inStock: true },
          { upc: 'p2', shippingEstimate: 44, shippingEstimateTag: '#p2#44#', inStock: false },
        ],
      }),
      ask('{ me { reviews { author { username name } product { inStock shippingEstimate } } } }', {
        me: {
          reviews: [{ author: { username: 'u-mei', name: 'Mei' }, product: { inStock: true, shippingEstimate: 11 } }],
        },
      }),
      ask('{ products { reviews { author { id username } } } }', {
        products: [
          {
            reviews: [{ author: { id: 'u1', username: 'u-mei' } }, { author: { id: 'u2', username: 'u-wing' } }],
          },
          { reviews: [] },
        ],
      }),
    ],
  },
  {
    name: 'requires-requires',
    whole: true,
    subgraphs: {
      a: `type Query { product: Product } type Product @key(fields: "id") { id: ID! price: Float! }`,
      b: `type Product @key(fields: "id") { id: ID! hasDiscount: Boolean! @requires(fields: "price") price: Float! @external }`,
      c: `type Product @key(fields: "id") { id: ID! hasDiscount: Boolean! @external isExpensive: Boolean! @requires(fields: "hasDiscount") }`,
      d: `type Product @key(fields: "id") { id: ID! isExpensive: Boolean! @external price: Float! @external
        canAfford: Boolean! @requires(fields: "isExpensive") canAffordNow: Boolean! @requires(fields: "isExpensive price") }`,
    },
    tables: {
      Query: [{ product: ref('Product', 'p1') }],
      Product: [
        {
          id: 'p1',
          price: 12.5,
          hasDiscount: (_: Row, __: object, read: Read) => Number(read('price')) > 10,
          isExpensive: (_: Row, __: object, read: Read) => read('hasDiscount') !== true,
          canAfford: (_: Row, __: object, read: Read) => read('isExpensive') === false,
          canAffordNow: (_: Row, __: object, read: Read) => read('isExpensive') === false && Number(read('price')) < 13,
        },
      ],
    },
    cases: [
      ask('{ product { canAfford } }', { product: { canAfford: true } }),
      ask('{ product { canAffordNow isExpensive } }', { product: { canAffordNow: true, isExpensive: false } }),
      ask('{ product { id hasDiscount isExpensive canAfford canAffordNow price } }', {
        product: { id: 'p1', hasDiscount: true, isExpensive: false, canAfford: true, canAffordNow: true, price: 12.5 },
      }),
    ],
  },
  {
    name: 'requires-circular',
    whole: true,
    subgraphs: {
      a: `type Query { feed: [Post] } type Post @key(fields: "id") { id: ID! byNovice: Boolean! @external byExpert: Boolean! @requires(fields: "byNovice") author: Author! @shareable }
        type Author @key(fields: "id") { id: ID! }`,
      b: `type Post @key(fields: "id") { id: ID! author: Author! @shareable byNovice: Boolean! @requires(fields: "author { yearsOfExperience }") }
        type Author @key(fields: "id") { id: ID! yearsOfExperience: Int! @external }`,
      c: `type Author @key(fields: "id") { id: ID! name: String! yearsOfExperience: Int! }`,
    },
    tables: {
      Query: [{ feed: refs('Post', 'p1', 'p2') }],
      Post: ['p1', 'p2'].map((id) => ({
        id,
        author: ref('Author', id === 'p1' ? 'a1' : 'a2'),
        byNovice: (_: Row, __: object, read: Read) => Number((read('author') as Row)['yearsOfExperience']) < 5,
        byExpert: (_: Row, __: object, read: Read) => read('byNovice') === false,
      })),
      Author: [
        { id: 'a1', name: 'Old hand', yearsOfExperience: 10 },
        { id: 'a2', name: 'Newcomer', yearsOfExperience: 1 },
      ],
    },
    cases: [
      ask('{ feed { byNovice byExpert author { name } } }', {
        feed: [
          { byNovice: false, byExpert: true, author: { name: 'Old hand' } },
          { byNovice: true, byExpert: false, author: { name: 'Newcomer' } },
        ],
      }),
      ask('{ feed { byExpert } }', { feed: [{ byExpert: true }, { byExpert: false }] }),
    ],
  },
  {
    name: 'requires-nested',
    whole: true,
    subgraphs: {
      stock: `type Query { items: [Item!]! } type Item @key(fields: "id") { id: ID! box: Box! parts: [Part!]! }
        type Box @shareable { width: Int! height: Int label: String } type Part @shareable { grams: [Int] code: String! }`,
      freight: `type Item @key(fields: "id") { id: ID! box: Box! @external parts: [Part!]! @external
          volume: Int @requires(fields: "box { width height }") heaviest: Int @requires(fields: "parts { grams }") }
        type Box @shareable { width: Int! height: Int } type Part @shareable { grams: [Int] }`,
    },
    tables: {
      Query: [{ items: refs('Item', 'i1', 'i2') }],
      Item: [
        {
          id: 'i1',
          box: { width: 2, height: 3, label: '寬' },
          parts: [
            { grams: [1, null, 5], code: 'x' },
            { grams: null, code: 'y' },
          ],
          ...freight,
        },
        { id: 'i2', box: { width: 4, height: null, label: null }, parts: [], ...freight },
      ],
    },
    cases: [
      ask('{ items { volume heaviest } }', {
        items: [
          { volume: 6, heaviest: 5 },
          { volume: null, heaviest: 0 },
        ],
      }),
      ask('{ items { box { label } volume parts { code } } }', {
        items: [
          { box: { label: '寬' }, volume: 6, parts: [{ code: 'x' }, { code: 'y' }] },
          { box: { label: null }, volume: null, parts: [] },
        ],
      }),
    ],
  },
  {
    name: 'requires-with-fragments',
    whole: true,
    subgraphs: {
      a: `type Query { a: Entity } type Entity @key(fields: "id") { id: ID! data: Foo }
        interface Foo { foo: String! } interface Bar implements Foo { foo: String! bar: String! }
        type Baz implements Foo & Bar @shareable { foo: String! bar: String! baz: String! }
        type Qux implements Foo & Bar @shareable { foo: String! bar: String! qux: String! }`,
      b: `type Query { b: Entity bb: Entity }
        type Entity @key(fields: "id") { id: ID! data: Foo @external
          requirer: String! @requires(fields: "data { foo ... on Bar { bar ... on Baz { baz } ... on Qux { qux } } }")
          requirer2: String! @requires(fields: "data { ... on Foo { foo } }") }
        interface Foo { foo: String! } interface Bar implements Foo { foo: String! bar: String! }
        type Baz implements Foo & Bar @shareable @inaccessible { foo: String! bar: String! baz: String! }
        type Qux implements Foo & Bar @shareable { foo: String! bar: String! qux: String! }`,
    },
    tables: {
      Query: [{ a: ref('Entity', 'e1'), b: ref('Entity', 'e2'), bb: ref('Entity', 'e1') }],
      Entity: [
        { id: 'e1', data: { __typename: 'Qux', foo: 'foo', bar: 'bar', qux: 'qux' }, ...requirers },
        { id: 'e2', data: { __typename: 'Qux', foo: 'foo2', bar: 'bar2', qux: 'qux2' }, ...requirers },
      ],
    },
    cases: [
      ask('{ a { requirer } b { requirer requirer2 } }', {
        a: { requirer: 'foo_bar_qux' },
        b: { requirer: 'foo2_bar2_qux2', requirer2: 'foo2' },
      }),
      ask('{ bb { id data { foo ... on Bar { bar } __typename } requirer2 } }', {
        bb: { id: 'e1', data: { foo: 'foo', bar: 'bar', __typename: 'Qux' }, requirer2: 'foo' },
      }),
    ],
  },
  {
    name: 'requires-interface',
    whole: true,
    subgraphs: {
      a: `type Query { a: User }
        type User @key(fields: "id") { id: ID! name: String! address: Address @external city: String @requires(fields: "address { id }")
          country: String @requires(fields: "address { ... on WorkAddress { __typename id } }") }
        interface Address { id: ID! } type HomeAddress implements Address @key(fields: "id") { id: ID! city: String @shareable }
        type WorkAddress implements Address @key(fields: "id") { id: ID! city: String @shareable }`,
      b: `type Query { b: User } type User @key(fields: "id") { id: ID! address: Address }
        interface Address { id: ID! } type HomeAddress implements Address @key(fields: "id") { id: ID! city: String @shareable }
        type WorkAddress implements Address @key(fields: "id") { id: ID! city: String @shareable }
        type SecondAddress implements Address @key(fields: "id") { id: ID! city: String }`,
    },
    tables: {
      Query: [{ a: ref('User', 'u1'), b: ref('User', 'u2') }],
      User: ['u1', 'u2'].map((id) => ({
        id,
        name: `name-${id}`,
        address: id === 'u1' ? ref('WorkAddress', 'w1') : ref('HomeAddress', 'h1'),
        city: (_: Row, __: object, read: Read) => `city of ${(read('address') as Row)['id']}`,
        country: (_: Row, __: object, read: Read) => {
          const address = read('address') as Row;
          return address['__typename'] === 'WorkAddress' ? `country of ${address['id']}` : null;
        },
      })),
      WorkAddress: [{ id: 'w1', city: 'Kowloon' }],
      HomeAddress: [{ id: 'h1', city: 'Tai Po' }],
      SecondAddress: [],
    },
    cases: [
      ask('{ a { city country } b { city country } }', {
        a: { city: 'city of w1', country: 'country of w1' },
        b: { city: 'city of h1', country: null },
      }),
      ask('{ a { address { __typename id } name } b { address { ... on HomeAddress { city } } } }', {
        a: { address: { __typename: 'WorkAddress', id: 'w1' }, name: 'name-u1' },
        b: { address: { city: 'Tai Po' } },
      }),
    ],
  },
];

function product(upc: string): Reference {
  return new Reference('Product', { upc });
}

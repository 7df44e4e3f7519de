import { Reference, type Row, refs } from '../rows';
import { type AuditCategory, ask } from './category';

type Read = (field: string, args?: object) => unknown;

/**
 * Where Apollo's own gateway answers wrongly: @requires on fields with arguments meets the same field with other
 * arguments, from the client or from another @requires, and its planner asks the subgraph for one of them only.
 */
export const stockFaultCategories: readonly AuditCategory[] = [
  {
    name: 'requires-with-argument',
    whole: true,
    subgraphs: {
      a: `type Product @key(fields: "upc") { upc: ID! weight: Int @external price(currency: String!): Int @external
          shippingEstimate: Int @requires(fields: "price(currency: \\"USD\\") weight") }`,
      b: `type Query { products: [Product] } type Product @key(fields: "upc") { upc: ID! name: String price(currency: String!): Int weight: Int }`,
      c: `type Query { feed: [Post] } type Post @key(fields: "id") { id: ID! comments(limit: Int!): [Comment] @external author: String @requires(fields: "comments(limit: 3) { authorId }") }
        type Comment @key(fields: "id") { id: ID! authorId: ID @external }`,
      d: `type Post @key(fields: "id") { id: ID! comments(limit: Int!): [Comment] } type Comment @key(fields: "id") { id: ID! authorId: ID body: String! }`,
    },
    tables: {
      Query: [
        {
          products: [new Reference('Product', { upc: 'p1' }), new Reference('Product', { upc: 'p2' })],
          feed: refs('Post', 'x1', 'x2'),
        },
      ],
      Product: [pricedProduct('p1', 11), pricedProduct('p2', 22)],
      Post: [post('x1', ['c1', 'c2', 'c3']), post('x2', ['c4', 'c5', 'c6'])],
      Comment: ['c1', 'c2', 'c3', 'c4', 'c5', 'c6'].map((id) => ({
        id,
        authorId: `author of ${id}`,
        body: `body of ${id}`,
      })),
    },
    cases: [
      ask('{ products { upc name shippingEstimate } }', {
        products: [
          { upc: 'p1', name: 'name p1', shippingEstimate: 110 },
          { upc: 'p2', name: 'name p2', shippingEstimate: 220 },
        ],
      }),
      ask('{ products { price(currency: "EUR") shippingEstimate } }', {
        products: [
          { price: 22, shippingEstimate: 110 },
          { price: 44, shippingEstimate: 220 },
        ],
      }),
      ask('{ feed { author comments(limit: 1) { id } } }', {
        feed: [
          { author: 'author of c1+author of c2+author of c3', comments: [{ id: 'c1' }] },
          { author: 'author of c4+author of c5+author of c6', comments: [{ id: 'c4' }] },
        ],
      }),
      ask(
        'query($limit: Int = 1) { feed { author ...Foo ...Bar } } fragment Foo on Post { comments(limit: $limit) { id } } fragment Bar on Post { comments(limit: $limit) { body } }',
        {
          feed: [
            { author: 'author of c1+author of c2+author of c3', comments: [{ id: 'c1', body: 'body of c1' }] },
            { author: 'author of c4+author of c5+author of c6', comments: [{ id: 'c4', body: 'body of c4' }] },
          ],
        },
      ),
    ],
  },
  {
    name: 'requires-with-argument-conflict',
    whole: true,
    subgraphs: {
      a: `type Product @key(fields: "upc") { upc: ID! weight: Int @external price(currency: String!): Int @external
          shippingEstimate: Int @requires(fields: "price(currency: \\"USD\\") weight") shippingEstimateEUR: Int @requires(fields: "price(currency: \\"EUR\\") weight")
          category: Category @external isExpensiveCategory: Boolean @requires(fields: "category { averagePrice(currency: \\"USD\\") }") }
        type Category @external { averagePrice(currency: String!): Int }`,
      b: `type Query { products: [Product] } type Product @key(fields: "upc") { upc: ID! name: String price(currency: String!): Int weight: Int category: Category }
        type Category { averagePrice(currency: String!): Int }`,
    },
    tables: {
      Query: [{ products: [new Reference('Product', { upc: 'p1' }), new Reference('Product', { upc: 'p2' })] }],
      Product: [pricedProduct('p1', 11), pricedProduct('p2', 22)],
    },
    cases: [
      ask('{ products { upc name shippingEstimate shippingEstimateEUR isExpensiveCategory } }', {
        products: [
          { upc: 'p1', name: 'name p1', shippingEstimate: 110, shippingEstimateEUR: 220, isExpensiveCategory: false },
          { upc: 'p2', name: 'name p2', shippingEstimate: 220, shippingEstimateEUR: 440, isExpensiveCategory: true },
        ],
      }),
    ],
  },
];

function pricedProduct(upc: string, price: number): Row {
  return {
    upc,
    name: `name ${upc}`,
    weight: 10,
    price: (_: Row, { currency }: { currency: string }) => (currency === 'EUR' ? price * 2 : price),
    category: { averagePrice: (_: Row, { currency }: { currency: string }) => (currency === 'EUR' ? 2 : 1) * price },
    shippingEstimate: (self: Row, _: object, read: Read) =>
      Number(required(self, 'price', read, { currency: 'USD' })) * Number(self['weight']),
    shippingEstimateEUR: (self: Row, _: object, read: Read) =>
      Number(required(self, 'price', read, { currency: 'EUR' })) * Number(self['weight']),
    isExpensiveCategory: ({ category }: { category: Row }) => {
      const average = category['averagePrice'];
      return Number(typeof average === 'function' ? average(category, { currency: 'USD' }) : average) > 11;
    },
  };
}

function post(id: string, comments: readonly string[]): Row {
  return {
    id,
    comments: (_: Row, { limit }: { limit: number }) => refs('Comment', ...comments.slice(0, Math.max(0, limit))),
    author: (self: Row, _: object, read: Read) =>
      (required(self, 'comments', read, { limit: 3 }) as Row[]).map(({ authorId }) => authorId).join('+'),
  };
}

/** What the representation brought, or in one whole schema the field itself with the arguments @requires gives it. */
function required(self: Row, field: string, read: Read, args: object): unknown {
  return typeof self[field] === 'function' ? read(field, args) : self[field];
}

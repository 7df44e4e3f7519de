import { ref, refs } from '../rows';
import { type AuditCategory, ask } from './category';

/** Interfaces and unions whose members and fields differ from subgraph to subgraph. */
export const abstractCategories: readonly AuditCategory[] = [
  {
    name: 'abstract-types',
    whole: true,
    ids: ['b1', 'm1', 'a1', 'g1'],
    subgraphs: {
      products: `type Query { products: [Product]! similar(id: ID!): [Product] }
        interface Product { id: ID! sku: String dimensions: Size createdBy: User hidden: Boolean @inaccessible }
        interface Similar { similar: [Product] }
        type Size @shareable { size: String weight: Float }
        type Book implements Product & Similar @key(fields: "id") { id: ID! sku: String dimensions: Size createdBy: User similar: [Book] hidden: Boolean @inaccessible publisher: Publisher }
        type Magazine implements Product & Similar @key(fields: "id") { id: ID! sku: String dimensions: Size createdBy: User similar: [Magazine] hidden: Boolean @inaccessible publisher: Publisher }
        union Publisher = Agency | Self
        type Agency @key(fields: "id") { id: ID! } type Self { email: String }
        type User @key(fields: "email") { email: ID! totalProducts: Int }`,
      reviews: `interface Product { id: ID! reviewsCount: Int! reviewsScore: Float! reviews: [Review!]! }
        type Book implements Product @key(fields: "id") { id: ID! reviewsCount: Int! reviewsScore: Float! @shareable reviews: [Review!]! }
        type Magazine implements Product @key(fields: "id") { id: ID! reviewsCount: Int! reviewsScore: Float! @shareable reviews: [Review!]! }
        type Review { id: Int! body: String! product: Product }
        type Query { review(id: Int!): Review }`,
      agencies: `type Agency @key(fields: "id") { id: ID! companyName: String }`,
      books: `type Book @key(fields: "id") { id: ID! title: String }`,
    },
    tables: {
      Query: [
        {
          products: [ref('Book', 'b1'), null, ref('Magazine', 'm1'), ref('Book', 'b2')],
          similar: (_: unknown, { id }: { id: string }) =>
            id === 'b1' ? [ref('Magazine', 'm1'), ref('Book', 'b2')] : null,
          review: (_: unknown, { id }: { id: number }) => (id === 7 ? review() : null),
        },
      ],
      Book: [
        {
          id: 'b1',
          sku: 'book-1',
          title: 'Tea',
          dimensions: { size: 'S', weight: 0.5 },
          createdBy: { __typename: 'User', email: 'u@x', totalProducts: 3 },
          similar: refs('Book', 'b2'),
          reviewsCount: 1,
          reviewsScore: 4.5,
          reviews: [review()],
          publisher: ref('Agency', 'a1'),
        },
        {
          id: 'b2',
          sku: null,
          title: null,
          dimensions: null,
          createdBy: null,
          similar: [],
          reviewsCount: 0,
          reviewsScore: 0,
          reviews: [],
          publisher: { __typename: 'Self', email: 's@x' },
        },
      ],
      Magazine: [
        {
          id: 'm1',
          sku: 'mag-1',
          dimensions: { size: 'L', weight: 0.2 },
          createdBy: { __typename: 'User', email: 'u@x', totalProducts: 3 },
          similar: null,
          reviewsCount: 2,
          reviewsScore: 3,
          reviews: [],
          publisher: null,
        },
      ],
      Agency: [{ id: 'a1', companyName: 'Harbour Press' }],
      User: [{ email: 'u@x', totalProducts: 3 }],
      Self: [],
    },
    cases: [
      ask('{ products { id reviewsCount ... on Book { title } } }', {
        products: [
          { id: 'b1', reviewsCount: 1, title: 'Tea' },
          null,
          { id: 'm1', reviewsCount: 2 },
          { id: 'b2', reviewsCount: 0, title: null },
        ],
      }),
      ask('{ products { __typename ... on Similar { similar { sku ... on Book { title } } } } }', {
        products: [
          { __typename: 'Book', similar: [{ sku: null, title: null }] },
          null,
          { __typename: 'Magazine', similar: null },
          { __typename: 'Book', similar: [] },
        ],
      }),
      ask(
        '{ products { ... on Book { publisher { ... on Agency { companyName } ... on Self { email } } } ... on Magazine { publisher { __typename } } } }',
        {
          products: [
            { publisher: { companyName: 'Harbour Press' } },
            null,
            { publisher: null },
            { publisher: { email: 's@x' } },
          ],
        },
      ),
      ask('{ review(id: 7) { body product { sku reviewsScore } } }', {
        review: { body: 'fine', product: { sku: 'book-1', reviewsScore: 4.5 } },
      }),
    ],
  },
  {
    name: 'union-intersection',
    size: { depth: 3, fields: 8 },
    whole: true,
    subgraphs: {
      a: `type Query { media: Media @shareable book: Media @shareable viewer: Viewer @shareable }
        union Media = Book union ViewerMedia = Book
        type Viewer @shareable { media: ViewerMedia book: ViewerMedia }
        type Book @key(fields: "id") { id: ID! title: String! aTitle: String! } `,
      b: `type Query { media: Media @shareable book: Media @shareable viewer: Viewer @shareable }
        union Media = Book | Movie union ViewerMedia = Book | Movie
        type Viewer @shareable { media: ViewerMedia book: ViewerMedia }
        type Book @key(fields: "id") { id: ID! bTitle: String! } type Movie @key(fields: "id") { id: ID! bTitle: String! }`,
    },
    tables: {
      Query: [
        {
          media: ref('Book', '1'),
          book: ref('Book', '1'),
          viewer: { media: ref('Book', '1'), book: ref('Book', '1') },
        },
      ],
      Book: [{ id: '1', title: 'Book', aTitle: 'Book in a', bTitle: 'Book in b' }],
      Movie: [{ id: '2', bTitle: 'Film' }],
    },
    cases: [
      ask('{ media { __typename ... on Book { title bTitle } } }', {
        media: { __typename: 'Book', title: 'Book', bTitle: 'Book in b' },
      }),
      ask('{ viewer { media { ... on Movie { bTitle } } book { ... on Book { aTitle bTitle } } } }', {
        viewer: { media: {}, book: { aTitle: 'Book in a', bTitle: 'Book in b' } },
      }),
    ],
  },
  {
    name: 'union-interface-distributed',
    whole: true,
    ids: ['oven1', 'toaster1', 'warranty1'],
    subgraphs: {
      a: `type Query { products: [Product] node(id: ID!): Node nodes: [Node] toasters: [Toaster] }
        union Product = Oven | Toaster interface Node { id: ID! }
        type Oven @key(fields: "id") { id: ID! } type Toaster implements Node @key(fields: "id") { id: ID! warranty: Int }`,
      b: `interface Node { id: ID! } type Oven implements Node @key(fields: "id") { id: ID! warranty: Int }
        type Toaster implements Node @key(fields: "id") { id: ID! }`,
    },
    tables: {
      Query: [
        {
          products: [ref('Oven', 'oven1'), ref('Toaster', 'toaster1')],
          toasters: refs('Toaster', 'toaster1'),
          nodes: [ref('Toaster', 'toaster1'), null],
          node: (_: unknown, { id }: { id: string }) => (id === 'toaster1' ? ref('Toaster', id) : null),
        },
      ],
      Oven: [{ id: 'oven1', warranty: 1 }],
      Toaster: [{ id: 'toaster1', warranty: 3 }],
    },
    cases: [
      ask('{ products { ... on Node { id } } }', { products: [{ id: 'oven1' }, { id: 'toaster1' }] }),
      ask('{ nodes { id ... on Toaster { warranty } ... on Oven { warranty } } }', {
        nodes: [{ id: 'toaster1', warranty: 3 }, null],
      }),
      ask('{ node(id: "toaster1") { __typename id } a: node(id: "x") { id } }', {
        node: { __typename: 'Toaster', id: 'toaster1' },
        a: null,
      }),
    ],
  },
  {
    name: 'circular-reference-interface',
    size: { depth: 3, fields: 8 },
    whole: true,
    subgraphs: {
      a: `type Query { product: Product } interface Product { samePriceProduct: Product }
        type Book implements Product @key(fields: "id") { id: ID! samePriceProduct: Book @provides(fields: "price") price: Float @external }`,
      b: `type Book @key(fields: "id") { id: ID! price: Float @shareable }`,
    },
    tables: {
      Query: [{ product: ref('Book', '1') }],
      Book: [
        { id: '1', price: 10, samePriceProduct: ref('Book', '2') },
        { id: '2', price: 10, samePriceProduct: ref('Book', '1') },
      ],
    },
    cases: [
      ask(
        '{ product { samePriceProduct { ... on Book { id } samePriceProduct { __typename ... on Book { price } } } } }',
        {
          product: { samePriceProduct: { id: '2', samePriceProduct: { __typename: 'Book', price: 10 } } },
        },
      ),
    ],
  },
  {
    name: 'child-type-mismatch',
    size: { depth: 3, fields: 8 },
    whole: true,
    subgraphs: {
      a: `type Query { users: [User!]! } type User @key(fields: "id") { id: ID @shareable similar: [Account!]! } union Account = User | Admin
        type Admin { id: ID @shareable name: String @shareable similar: [Account!]! @shareable photo: String @shareable }`,
      b: `type Query { accounts: [Account!]! } union Account = User | Admin type User @key(fields: "id") { id: ID! name: String @shareable }
        type Admin { id: ID @shareable name: String @shareable similar: [Account!]! @shareable photo: String @shareable }`,
    },
    tables: {
      Query: [
        {
          users: refs('User', 'u1'),
          accounts: [ref('User', 'u1'), { __typename: 'Admin', id: 'a2', name: null, similar: [], photo: 'p.jpg' }],
        },
      ],
      User: [
        {
          id: 'u1',
          name: 'Mei',
          similar: [{ __typename: 'Admin', id: 'a1', name: 'Boss', similar: [], photo: null }, ref('User', 'u1')],
        },
      ],
      Admin: [],
    },
    cases: [
      ask('{ users { id name } }', { users: [{ id: 'u1', name: 'Mei' }] }),
      ask('{ accounts { ... on User { id name } ... on Admin { photo } } }', {
        accounts: [{ id: 'u1', name: 'Mei' }, { photo: 'p.jpg' }],
      }),
      ask('{ users { id similar { ... on User { id name } ... on Admin { id name } } } }', {
        users: [
          {
            id: 'u1',
            similar: [
              { id: 'a1', name: 'Boss' },
              { id: 'u1', name: 'Mei' },
            ],
          },
        ],
      }),
    ],
  },
  {
    name: 'node',
    whole: true,
    subgraphs: {
      node: `type Query { productNode: Node } interface Node { id: ID! } type Product implements Node @key(fields: "id") { id: ID! }`,
      types: `interface Node { id: ID! } type Product implements Node @key(fields: "id") { id: ID! name: String! price: Float! }
        type Category implements Node @key(fields: "id") { id: ID! name: String! }`,
      other: `type Query { categoryNode: Node } interface Node { id: ID! } type Category implements Node @key(fields: "id") { id: ID! }`,
    },
    tables: {
      Query: [{ productNode: ref('Product', 'p1'), categoryNode: ref('Category', 'c1') }],
      Product: [{ id: 'p1', name: 'Pear', price: 9.9 }],
      Category: [{ id: 'c1', name: 'Fruit' }],
    },
    cases: [
      ask(
        '{ productNode { ...N } categoryNode { ...N } } fragment N on Node { id __typename ... on Product { name price } ... on Category { name } }',
        {
          productNode: { id: 'p1', __typename: 'Product', name: 'Pear', price: 9.9 },
          categoryNode: { id: 'c1', __typename: 'Category', name: 'Fruit' },
        },
      ),
    ],
  },
  {
    name: 'corrupted-supergraph-node-id',
    whole: true,
    ids: ['c1', 'a1'],
    subgraphs: {
      a: `type Query { node(id: ID!): Node account(id: String!): Account! @shareable }
        interface Node { id: ID! } type Account implements Node @key(fields: "id") { id: ID! username: String! chats: [Chat!]! }
        type Chat implements Node @key(fields: "id") { id: ID! }`,
      b: `type Query { chat(id: String!): Chat! account(id: String!): Account! @shareable }
        type Chat @key(fields: "id") { id: ID! text: String! account: Account! } type Account @key(fields: "id") { id: ID! }`,
    },
    tables: {
      Query: [
        {
          node: (_: unknown, { id }: { id: string }) => ref(id.startsWith('c') ? 'Chat' : 'Account', id),
          account: () => ref('Account', 'a1'),
          chat: () => ref('Chat', 'c1'),
        },
      ],
      Account: [{ id: 'a1', username: 'mei', chats: refs('Chat', 'c1') }],
      Chat: [{ id: 'c1', text: '你好', account: ref('Account', 'a1') }],
    },
    cases: [
      ask('{ account(id: "a1") { id username chats { id text account { username } } } }', {
        account: { id: 'a1', username: 'mei', chats: [{ id: 'c1', text: '你好', account: { username: 'mei' } }] },
      }),
      ask('{ node(id: "c1") { id ... on Chat { text } } chat(id: "c1") { id } }', {
        node: { id: 'c1', text: '你好' },
        chat: { id: 'c1' },
      }),
    ],
  },
];

function review() {
  return { __typename: 'Review', id: 7, body: 'fine', product: ref('Book', 'b1') };
}

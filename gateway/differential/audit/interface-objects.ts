import { ref, refs } from '../rows';
import { type AuditCategory, ask } from './category';

/** @interfaceObject, keys on interfaces, and what can and cannot be reached through them. */
export const interfaceObjectCategories: readonly AuditCategory[] = [
  {
    name: 'simple-interface-object',
    whole: true,
    subgraphs: {
      a: `type Query { users: [NodeWithName!]! }
        interface NodeWithName @key(fields: "id") { id: ID! name: String }
        type User implements NodeWithName @key(fields: "id") { id: ID! name: String age: Int }
        type Robot implements NodeWithName @key(fields: "id") { id: ID! name: String volts: Int }`,
      b: `type Query { anotherUsers: [NodeWithName] } type NodeWithName @key(fields: "id") @interfaceObject { id: ID! username: String }`,
      c: `type Query { accounts: [Account] } interface Account @key(fields: "id") { id: ID! }
        type Admin implements Account @key(fields: "id") { id: ID! isMain: Boolean! isActive: Boolean! @shareable }
        type Regular implements Account @key(fields: "id") { id: ID! isMain: Boolean! isActive: Boolean! @shareable }`,
      d: `type Account @key(fields: "id") @interfaceObject { id: ID! greeting: String! isActive: Boolean! @shareable }`,
    },
    tables: {
      Query: [
        {
          users: [ref('User', 'u1'), ref('Robot', 'r1')],
          anotherUsers: [ref('User', 'u1'), ref('Robot', 'r1'), null],
          accounts: [ref('Admin', 'x1'), ref('Regular', 'x2')],
        },
      ],
      User: [{ id: 'u1', name: 'Mei', age: 30, username: '@mei' }],
      Robot: [{ id: 'r1', name: 'R', volts: 5, username: '@r' }],
      Admin: [{ id: 'x1', isMain: true, isActive: true, greeting: 'hi x1' }],
      Regular: [{ id: 'x2', isMain: false, isActive: false, greeting: 'hi x2' }],
    },
    cases: [
      ask('{ users { id name username } }', {
        users: [
          { id: 'u1', name: 'Mei', username: '@mei' },
          { id: 'r1', name: 'R', username: '@r' },
        ],
      }),
      ask('{ anotherUsers { id name ... on User { age } ... on Robot { volts } __typename } }', {
        anotherUsers: [
          { id: 'u1', name: 'Mei', age: 30, __typename: 'User' },
          { id: 'r1', name: 'R', volts: 5, __typename: 'Robot' },
          null,
        ],
      }),
      ask('{ anotherUsers { ... on User { username } } }', { anotherUsers: [{ username: '@mei' }, {}, null] }),
      ask('{ anotherUsers { username } }', { anotherUsers: [{ username: '@mei' }, { username: '@r' }, null] }),
      ask('{ accounts { ... on Admin { greeting isMain } ... on Regular { isActive greeting } } }', {
        accounts: [
          { greeting: 'hi x1', isMain: true },
          { isActive: false, greeting: 'hi x2' },
        ],
      }),
    ],
  },
  {
    name: 'interface-object-with-requires',
    whole: true,
    subgraphs: {
      a: `type Query { users: [NodeWithName!]! } interface NodeWithName @key(fields: "id") { id: ID! name: String }
        type User implements NodeWithName @key(fields: "id") { id: ID! name: String age: Int }`,
      b: `type Query { anotherUsers: [NodeWithName] }
        type NodeWithName @key(fields: "id") @interfaceObject { id: ID! name: String @external username: String @requires(fields: "name") }`,
    },
    tables: {
      Query: [{ users: refs('User', 'u1', 'u2'), anotherUsers: refs('User', 'u2') }],
      User: ['u1', 'u2'].map((id, index) => ({
        id,
        name: index === 0 ? 'mei' : null,
        age: 20 + index,
        username: ({ name }: { name: string | null }) => `@${name}`,
      })),
    },
    cases: [
      ask('{ users { username ... on User { age } } }', {
        users: [
          { username: '@mei', age: 20 },
          { username: '@null', age: 21 },
        ],
      }),
      ask('{ anotherUsers { id name username __typename } }', {
        anotherUsers: [{ id: 'u2', name: null, username: '@null', __typename: 'User' }],
      }),
      ask('{ anotherUsers { ... on User { username } } }', { anotherUsers: [{ username: '@null' }] }),
    ],
  },
  {
    name: 'interface-object-indirect-extension',
    size: { depth: 3, fields: 8 },
    whole: true,
    subgraphs: {
      media: `interface Media @key(fields: "id") { id: ID! title: String! } type Movie implements Media @key(fields: "id") { id: ID! title: String! minutes: Int }
        type Song implements Media @key(fields: "id") { id: ID! title: String! }`,
      playlists: `type Query { playlist: Playlist! } type Playlist { items: [Media!]! } type Media @key(fields: "id") @interfaceObject { id: ID! plays: Int! }`,
      authors: `type Media @key(fields: "id") @interfaceObject { id: ID! author: Author } type Author { name: String! works: [Media!]! }`,
    },
    tables: {
      Query: [{ playlist: { items: [ref('Movie', 'm1'), ref('Song', 's1')] } }],
      Movie: [
        { id: 'm1', title: 'Harbour', minutes: 90, plays: 3, author: { name: 'Lam', works: [ref('Song', 's1')] } },
      ],
      Song: [{ id: 's1', title: '月', plays: 9, author: null }],
    },
    cases: [
      ask('{ playlist { items { title author { name works { title plays } } } } }', {
        playlist: {
          items: [
            { title: 'Harbour', author: { name: 'Lam', works: [{ title: '月', plays: 9 }] } },
            { title: '月', author: null },
          ],
        },
      }),
      ask('{ playlist { items { __typename plays ... on Movie { minutes author { name } } } } }', {
        playlist: {
          items: [
            { __typename: 'Movie', plays: 3, minutes: 90, author: { name: 'Lam' } },
            { __typename: 'Song', plays: 9 },
          ],
        },
      }),
    ],
  },
  {
    name: 'non-resolvable-interface-object',
    subgraphs: {
      a: `type Query { product: Product a: Node }
        interface Product @key(fields: "id", resolvable: false) { id: ID! name: String }
        interface Node { id: ID! }
        type Bread implements Product @key(fields: "id", resolvable: false) { id: ID! name: String }`,
      b: `type Query { b: Node } type Node @key(fields: "id") @interfaceObject { id: ID! field: String }`,
      c: `interface Node @key(fields: "id") { id: ID! } type Leaf implements Node @key(fields: "id") { id: ID! }`,
    },
    tables: {
      Query: [{ product: ref('Bread', 'p1'), a: { __typename: 'Ghost', id: 'n1' }, b: ref('Leaf', 'n1') }],
      Bread: [{ id: 'p1', name: 'Loaf' }],
      Leaf: [{ id: 'n1', field: 'foo' }],
    },
    cases: [
      ask('{ b { id field } }', { b: { id: 'n1', field: 'foo' } }),
      ask('{ a { id } }', { a: null }, { errors: 1 }),
      ask('{ a { field } }', null, { errors: 1 }),
      ask('{ product { ... on Bread { id name } } }', { product: { id: 'p1', name: 'Loaf' } }),
    ],
  },
];

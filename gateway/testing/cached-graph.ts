import type { TestContext, TestEndpoint } from './endpoint';
import { testEndpoint } from './endpoint';

const CACHE_CONTROL = `
  directive @cacheControl(maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean)
    on FIELD_DEFINITION | OBJECT | INTERFACE | UNION
  enum CacheControlScope @inaccessible { PUBLIC PRIVATE }
`;

export interface CachedGraph {
  readonly endpoints: readonly TestEndpoint[];
  readonly catalog: TestEndpoint;
  readonly social: TestEndpoint;
  /** Changes what the catalog answers. */
  restock(): void;
  /** Questions for `slow` wait until this is called. */
  release(): void;
  waiting(): number;
}

/** Three subgraphs with `@cacheControl` in every place it can stand. */
export function cachedGraph(): CachedGraph {
  let version = 1;
  let waiting = 0;
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const book = ({ id }: { id: string }) => (id === 'none' ? null : { id });

  const catalog = testEndpoint(
    'catalog',
    `${CACHE_CONTROL}
    type Query {
      clock: Int
      motto: String @cacheControl(maxAge: 60)
      broken: String @cacheControl(maxAge: 60)
      greeting: String @cacheControl(maxAge: 60, scope: PRIVATE)
      slow: Int @cacheControl(maxAge: 60)
      book(id: ID!): Book @cacheControl(maxAge: 30)
      shelf: Shelf
      topShelf: Shelf @cacheControl(maxAge: 20)
      items: [Item] @cacheControl(maxAge: 40)
    }
    type Mutation { restock: Int! }
    type Book @key(fields: "id") {
      id: ID!
      title: String
      price: Int @cacheControl(maxAge: 5)
      stock: Int @cacheControl(maxAge: 0)
      noteOfMine: String @cacheControl(scope: PRIVATE)
      publisher: Publisher
      author: Author @cacheControl(inheritMaxAge: true)
      cover: Cover
    }
    type Publisher { name: String }
    type Author { name: String }
    type Cover @cacheControl(inheritMaxAge: true) { url: String }
    type Shelf @cacheControl(maxAge: 10) { name: String }
    interface Item { label: String }
    type Cup implements Item { label: String }
    type Pen implements Item { label: String @cacheControl(maxAge: 5) }`,
    {
      Query: {
        clock: () => version,
        motto: (_: unknown, __: unknown, { languages }: TestContext) => `${languages[0] ?? 'en'} ${version}`,
        broken: () => {
          throw new Error('always');
        },
        greeting: (_: unknown, __: unknown, { identity }: TestContext) =>
          `${identity.kind === 'account' ? identity.accountId : identity.kind} ${version}`,
        slow: async () => {
          const read = version;
          waiting += 1;
          await released;
          return read;
        },
        book: (_: unknown, { id }: { id: string }) => book({ id }),
      },
      Mutation: {
        restock: () => {
          version += 1;
          return version;
        },
      },
      Book: { __resolveReference: book, title: ({ id }: { id: string }) => `Title ${id}`, price: () => version },
      Item: { __resolveType: () => 'Cup' },
    },
  );
  const social = testEndpoint(
    'social',
    `type Mutation { rate: Int! }
    type Book @key(fields: "id") { id: ID! rating: Int }`,
    { Mutation: { rate: () => 5 }, Book: { __resolveReference: book, rating: () => version } },
  );
  const orders = testEndpoint(
    'orders',
    `${CACHE_CONTROL}
    type Book @key(fields: "id") @cacheControl(maxAge: 8) { id: ID! loans: Int }`,
    { Book: { __resolveReference: book, loans: () => version } },
  );
  return {
    endpoints: [catalog, social, orders],
    catalog,
    social,
    restock: () => {
      version += 1;
    },
    release: () => release(),
    waiting: () => waiting,
  };
}

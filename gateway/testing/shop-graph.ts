import { LiveIterator } from '../../platform/bus/live-iterator';
import { coded, type TestContext, type TestEndpoint, testEndpoint } from './endpoint';

export interface Progress {
  readonly version: number;
  readonly joined: number;
  readonly productId?: string;
  readonly memberIds?: readonly string[];
}

/** One topic of the test graph: the present state for whoever comes, then each change. */
export class ProgressFeed {
  readonly opened: LiveIterator<{ progress: Progress }>[] = [];
  private readonly open = new Set<LiveIterator<{ progress: Progress }>>();

  constructor(private present: Progress) {}

  follow(): LiveIterator<{ progress: Progress }> {
    const feed: LiveIterator<{ progress: Progress }> = new LiveIterator(() => this.open.delete(feed));
    this.open.add(feed);
    this.opened.push(feed);
    feed.push({ progress: this.present });
    return feed;
  }

  change(next: Progress): void {
    this.present = next;
    for (const feed of this.open) feed.push({ progress: next });
  }

  fail(error: Error): void {
    for (const feed of this.open) feed.next = () => Promise.reject(error);
    this.change(this.present);
  }

  get openCount(): number {
    return this.open.size;
  }
}

export interface ShopGraph {
  readonly feed: ProgressFeed;
  readonly endpoints: readonly TestEndpoint[];
  readonly catalog: TestEndpoint;
  readonly accounts: TestEndpoint;
  readonly social: TestEndpoint;
  /** A query for `gate` waits until this is called. */
  openGate(): void;
  /** How many queries wait at the gate. */
  waiting(): number;
}

const PRODUCTS: Readonly<Record<string, { id: string; title: string; titleZh: string }>> = {
  p1: { id: 'p1', title: 'Oat milk', titleZh: '燕麥奶' },
  p2: { id: 'p2', title: 'Rice', titleZh: '米' },
};

/** Three subgraphs that share entities: catalog owns products, accounts people, social the group and its members. */
export function shopGraph(): ShopGraph {
  const feed = new ProgressFeed({ version: 1, joined: 1, productId: 'p1', memberIds: ['a1'] });
  let openGate: () => void = () => undefined;
  let waiting = 0;
  const gate = new Promise<void>((resolve) => {
    openGate = resolve;
  });

  const catalog = testEndpoint(
    'catalog',
    `type Query {
      product(id: ID!): Product
      gate: Boolean
      secret: String
      teapot: String
      echo(value: Int = 7): Int
      internalStock(id: ID!): Int @inaccessible
    }
    type Mutation { rename(id: ID!, title: String!): Product  touch: Boolean }
    type Product @key(fields: "id") {
      id: ID!
      title(language: Language): String!
      price: Int
      parent: Product
      broken: String
      cost: Int @inaccessible
    }
    enum Language { EN ZH }`,
    {
      Query: {
        product: (_: unknown, { id }: { id: string }) => PRODUCTS[id] ?? null,
        gate: async () => {
          waiting += 1;
          await gate;
          return true;
        },
        secret: () => {
          throw new Error('connect ECONNREFUSED mongodb://root:hunter2@10.0.0.3');
        },
        teapot: () => {
          throw coded('I_AM_A_TEAPOT', 'inner wording');
        },
        echo: (_: unknown, { value }: { value: number }) => value,
        internalStock: () => 42,
      },
      Mutation: {
        rename: () => {
          throw coded('FORBIDDEN', 'Only staff may rename.');
        },
        touch: () => true,
      },
      Product: {
        __resolveReference: ({ id }: { id: string }) => (PRODUCTS[id] ? { ...PRODUCTS[id] } : null),
        title: (product: { title: string; titleZh: string }, { language }: { language?: string }, c: TestContext) =>
          language === 'ZH' || (language === undefined && c.languages[0]?.startsWith('zh'))
            ? product.titleZh
            : product.title,
        price: () => 1250,
        parent: (product: { id: string }) => product,
        broken: () => {
          throw coded('CONFLICT', 'The price is being changed.');
        },
      },
    },
  );

  const accounts = testEndpoint(
    'accounts',
    `type Query { whoAmI: String }
    type Profile @key(fields: "id") { id: ID! name: String! nickname: String }`,
    {
      Query: {
        whoAmI: (_: unknown, __: unknown, { identity }: TestContext) =>
          identity.kind === 'account' ? identity.accountId : identity.kind,
      },
      Profile: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        name: ({ id }: { id: string }) => {
          if (id === 'ghost') throw new Error('no such row in accounts.people');
          return `Person ${id}`;
        },
        nickname: ({ id }: { id: string }) => {
          if (id === 'shy') throw coded('FORBIDDEN', 'Nicknames of shy people are private.');
          return `Nick ${id}`;
        },
      },
    },
  );

  const progressOf = (identity: TestContext['identity']) => {
    if (identity.kind !== 'account') throw coded('UNAUTHENTICATED', 'Sign in first.');
    return feed.follow();
  };
  const social = testEndpoint(
    'social',
    `type Query { group: Group }
    type Subscription { progress(tag: String): Progress  mine: Progress }
    type Progress { version: Int! joined: Int! strict: Int! group: Group viewer: String }
    type Group { product: Product! members: [Member!]! }
    type Member { profile: Profile! }
    type Product @key(fields: "id") { id: ID! groups: Int! }
    type Profile @key(fields: "id", resolvable: false) { id: ID! }`,
    {
      Query: { group: () => ({ product: { id: 'p1' }, members: [{ profile: { id: 'a1' } }] }) },
      Subscription: {
        progress: { subscribe: () => feed.follow() },
        mine: {
          subscribe: (_: unknown, __: unknown, { identity }: TestContext) => progressOf(identity),
          resolve: (event: { progress: Progress }) => event.progress,
        },
      },
      Progress: {
        viewer: (_: unknown, __: unknown, { identity }: TestContext) =>
          identity.kind === 'account' ? identity.accountId : identity.kind,
        strict: ({ joined }: Progress) => (joined === 13 ? null : joined),
        group: ({ productId = 'p1', memberIds = [] }: Progress) => ({
          product: { id: productId },
          members: memberIds.map((id) => ({ profile: { id } })),
        }),
      },
      Product: { __resolveReference: ({ id }: { id: string }) => ({ id }), groups: () => 3 },
    },
    { progress: 'PUBLIC', mine: 'VIEWER' },
  );

  return {
    feed,
    catalog,
    accounts,
    social,
    endpoints: [catalog, accounts, social],
    openGate: () => openGate(),
    waiting: () => waiting,
  };
}

import { LiveIterator } from '../../../platform/bus/live-iterator';
import type { ScopeTable } from '../../scopes/scopes';
import { type TestEndpoint, testEndpoint } from '../endpoint';
import { startTestGateway, type TestGateway, testAuthenticator } from '../test-gateway';

const SHAPE = `
  type Item @key(fields: "id") {
    id: ID!
    child: Item
    children(first: Int!): [Item!]!
    page(first: Int!): ItemConnection!
    byIds(ids: [ID!]!): [Item]!
    number(value: Int): Int
    text(value: String): String
    shape(of: Shape): String
    nested(lists: [[[[[[[[[[[Int]]]]]]]]]]]): Boolean
    kind(of: Kind): Kind
    broken: String
  }
  type ItemConnection { nodes: [Item!]! }
  enum Kind { PLAIN HIDDENVALUE }
  input Shape { name: String, inner: Shape, list: [String] }
  type Query { item: Item  secretPlans: String }
  type Mutation { touch: Boolean  move: Boolean }
  type Subscription { item: Item  own: Item  secretEvents: Item }`;

const one = { id: 'i1' };
const many = (_: unknown, { first }: { first: number }): object[] =>
  Array.from({ length: Math.min(first, 2) }, () => one);

function onceThenSilent(event: object): LiveIterator<object> {
  const events: LiveIterator<object> = new LiveIterator(() => undefined);
  events.push(event);
  return events;
}

/** What a resolver must never let out. */
export const INTERNAL_TEXT = 'connect ECONNREFUSED mongodb://root:hunter2@10.0.0.3:27017';

/** A graph whose query and subscription lead to the same recursive type, so that one document abuses both doors. */
export function abuseEndpoint(): TestEndpoint {
  return testEndpoint(
    'catalog',
    SHAPE,
    {
      Query: { item: () => one },
      Mutation: { touch: () => true, move: () => true },
      Subscription: {
        item: { subscribe: () => onceThenSilent({ item: one }) },
        // To each viewer their own, so nobody shares what it costs.
        own: { subscribe: () => onceThenSilent({ own: one }) },
      },
      Item: {
        __resolveReference: () => one,
        child: () => one,
        children: many,
        page: (item: unknown, args: { first: number }) => ({ nodes: many(item, args) }),
        byIds: (_: unknown, { ids }: { ids: string[] }) => ids.map(() => one),
        number: (_: unknown, { value = 7 }: { value?: number }) => value,
        text: (_: unknown, { value = null }: { value?: string | null }) => value,
        shape: (_: unknown, { of }: { of?: object }) => JSON.stringify(of ?? null),
        nested: () => true,
        kind: (_: unknown, { of = 'PLAIN' }: { of?: string }) => of,
        broken: () => {
          throw new Error(INTERNAL_TEXT);
        },
      },
    },
    { item: 'PUBLIC' },
  );
}

/** A second owner of the same type, which never answers. */
function stuckEndpoint(): TestEndpoint {
  return testEndpoint('accounts', 'type Item @key(fields: "id") { id: ID! never: String }', {
    Item: { __resolveReference: () => one, never: () => new Promise(() => undefined) },
  });
}

const open = { anyOf: [{ scope: 'catalog:read', person: false }] };
const SCOPES: ScopeTable = {
  roots: { 'Query.item': open, 'Subscription.item': open, 'Subscription.own': open },
  types: {},
  nodes: {},
};

/** Keys of the abused gateway: one that may read, one that may not. */
export const READING_KEY = 'key-reads';
export const BARRED_KEY = 'key-barred';

/** The real gateway as in production, with nothing counted against an address unless asked for. */
export function startAbused({ counted = false, introspection = false } = {}): Promise<TestGateway> {
  return startTestGateway({
    endpoints: [abuseEndpoint(), stuckEndpoint()],
    introspection,
    explorer: false,
    production: true,
    rateLimit: counted,
    cost: { enforce: counted },
    scopes: SCOPES,
    authenticate: {
      ...testAuthenticator,
      async identify(input) {
        const { storefrontKey: keyId } = input;
        if (keyId !== READING_KEY && keyId !== BARRED_KEY) return testAuthenticator.identify(input);
        const scopes = keyId === READING_KEY ? ['catalog:read'] : ['cart:write'];
        return {
          identity: { kind: 'app', keyId, scopes },
          originAllowed: false,
          key: { keyId, kind: 'PUBLISHABLE', scopes },
        };
      },
    },
  });
}

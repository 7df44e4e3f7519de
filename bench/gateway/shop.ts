import { buildSubgraphSchema } from '@apollo/subgraph';
import { buildSchema, type GraphQLFieldResolver, type GraphQLSchema, isObjectType, parse } from 'graphql';

/** Products on a page: with the query below an answer takes some 12 kB. */
const PAGE = 20;
const PRODUCTS = 400;

interface Product {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly vendor: string;
  readonly tags: readonly string[];
  readonly price: { readonly amount: string; readonly currencyCode: string };
  readonly variants: readonly {
    readonly id: string;
    readonly title: string;
    readonly sku: string;
    readonly stock: number;
  }[];
}

const products: readonly Product[] = Array.from({ length: PRODUCTS }, (_, index) => ({
  id: `prod_${index}`,
  title: `燕麦奶 "Barista" ${index}`,
  description: `Oat drink no. ${index}, one litre, made for coffee; keeps for nine months unopened.\nShake well.`,
  vendor: `Vendor ${index % 12}`,
  tags: ['drinks', 'oat', index % 2 ? 'cold' : 'pantry'],
  price: { amount: `${10 + (index % 30)}.50`, currencyCode: 'HKD' },
  variants: [0, 1].map((variant) => ({
    id: `var_${index}_${variant}`,
    title: variant ? 'Six' : 'One',
    sku: `OAT-${index}-${variant}`,
    stock: (index * 7 + variant) % 90,
  })),
}));
const byId = new Map(products.map((product) => [product.id, product]));

/** What each of the three owners answers; the one schema and the subgraphs call the same functions. */
const catalog = {
  products: async ({ page }: { page: number }): Promise<readonly Product[]> => {
    // Any page may begin anywhere: there are as many different pages as products.
    const from = (page * 13) % (PRODUCTS - PAGE);
    return products.slice(from, from + PAGE);
  },
  product: async ({ id }: { id: string }): Promise<Product | null> => byId.get(id) ?? null,
};
const number = (id: string): number => Number(id.slice('prod_'.length));
/** A store is asynchronous, whoever asks it: one read a product and owner, in the one schema as in the subgraphs. */
const communityOf = async ({ id }: { id: string }) => ({
  id,
  neighborhood: {
    id: `nbh_${number(id) % 9}`,
    name: `Kennedy Town ${number(id) % 9}`,
    leader: { id: `acc_${number(id) % 40}`, displayName: `阿明 ${number(id) % 40}`, rating: 4.5 },
  },
  groupsOpen: number(id) % 5,
});
const recommendationOf = async ({ id }: { id: string }) => ({
  id,
  score: ((number(id) * 37) % 100) / 100,
  reason: `Bought with ${number(id) % 7} things you like`,
  related: [1, 2].map((step) => ({ id: `prod_${(number(id) + step * 11) % PRODUCTS}` })),
});

const PRODUCT = `title: String! description: String! vendor: String! tags: [String!]! price: Money! variants: [Variant!]!`;
const CATALOG_TYPES = `
  type Money { amount: String! currencyCode: String! }
  type Variant { id: ID! title: String! sku: String! stock: Int! }`;
const COMMUNITY_TYPES = `
  type Leader { id: ID! displayName: String! rating: Float! }
  type Neighborhood { id: ID! name: String! leader: Leader! }`;

/** The page of a shop: a root, and twenty products joined from two more owners. */
export const PAGE_QUERY = `query Page($page: Int!) {
  products(page: $page) {
    id title description vendor tags
    price { amount currencyCode }
    variants { id title sku stock }
    neighborhood { id name leader { id displayName rating } }
    groupsOpen score reason
  }
}`;

/** One product and what goes with it: three steps, each waiting for the one before. */
export const DETAIL_QUERY = `query Detail($id: ID!) {
  product(id: $id) { id title price { amount } groupsOpen related { id title price { amount currencyCode } groupsOpen } }
}`;

export interface Workload {
  readonly name: string;
  readonly query: string;
  /** All different: equal queries at the same time would flatter whoever de-duplicates. */
  readonly variables: readonly Readonly<Record<string, unknown>>[];
}

export const WORKLOADS: readonly Workload[] = [
  { name: 'page', query: PAGE_QUERY, variables: Array.from({ length: PRODUCTS - PAGE }, (_, page) => ({ page })) },
  {
    name: 'detail',
    query: DETAIL_QUERY,
    variables: Array.from({ length: PRODUCTS }, (_, index) => ({ id: `prod_${index}` })),
  },
];

export interface FixtureSubgraph {
  readonly name: string;
  readonly sdl: string;
  readonly schema: GraphQLSchema;
}

function subgraph(name: string, sdl: string, resolvers: object): FixtureSubgraph {
  const modules = { typeDefs: parse(sdl), resolvers } as Parameters<typeof buildSubgraphSchema>[0];
  return { name, sdl, schema: buildSubgraphSchema(modules) };
}

/** Federation 1 definitions, because every gateway compared here reads those. */
export function fixtureSubgraphs(): readonly FixtureSubgraph[] {
  return [
    subgraph(
      'catalog',
      `extend type Query { products(page: Int!): [Product!]! product(id: ID!): Product }
      type Product @key(fields: "id") { id: ID! ${PRODUCT} } ${CATALOG_TYPES}`,
      {
        Query: {
          products: (_: unknown, args: { page: number }) => catalog.products(args),
          product: (_: unknown, args: { id: string }) => catalog.product(args),
        },
        Product: { __resolveReference: ({ id }: { id: string }) => catalog.product({ id }) },
      },
    ),
    subgraph(
      'community',
      `extend type Query { communityOpen: Boolean! }
      extend type Product @key(fields: "id") { id: ID! @external neighborhood: Neighborhood! groupsOpen: Int! } ${COMMUNITY_TYPES}`,
      {
        Query: { communityOpen: () => true },
        Product: { __resolveReference: communityOf },
      },
    ),
    subgraph(
      'recommendations',
      `extend type Query { recommendationsOpen: Boolean! }
      extend type Product @key(fields: "id") { id: ID! @external score: Float! reason: String! related: [Product!]! }`,
      {
        Query: { recommendationsOpen: () => true },
        Product: { __resolveReference: recommendationOf },
      },
    ),
  ];
}

/** Per request, as a loader would: each product is asked for once, however many fields want it. */
export class OneSchemaContext {
  private readonly community = new Map<string, ReturnType<typeof communityOf>>();
  private readonly recommendation = new Map<string, ReturnType<typeof recommendationOf>>();

  communityOf(product: { id: string }): ReturnType<typeof communityOf> {
    return remembered(this.community, product, communityOf);
  }

  recommendationOf(product: { id: string }): ReturnType<typeof recommendationOf> {
    return remembered(this.recommendation, product, recommendationOf);
  }
}

function remembered<T>(known: Map<string, T>, product: { id: string }, load: (product: { id: string }) => T): T {
  const value = known.get(product.id) ?? load(product);
  known.set(product.id, value);
  return value;
}

type FieldResolver = (source: { id: string }, args: never, context: OneSchemaContext) => unknown;

/** The same shop as one schema of one process, the way it would be without federation. Wants a OneSchemaContext. */
export function oneSchema(): GraphQLSchema {
  const schema = buildSchema(`
    type Query { products(page: Int!): [Product!]! product(id: ID!): Product }
    type Product { id: ID! ${PRODUCT} neighborhood: Neighborhood! groupsOpen: Int! score: Float! reason: String! related: [Product!]! }
    ${CATALOG_TYPES} ${COMMUNITY_TYPES}`);
  const resolvers: Readonly<Record<string, Readonly<Record<string, FieldResolver>>>> = {
    Query: {
      products: (_, args) => catalog.products(args),
      product: (_, args) => catalog.product(args),
    },
    Product: {
      neighborhood: (product, _, context) => context.communityOf(product).then(({ neighborhood }) => neighborhood),
      groupsOpen: (product, _, context) => context.communityOf(product).then(({ groupsOpen }) => groupsOpen),
      score: (product, _, context) => context.recommendationOf(product).then(({ score }) => score),
      reason: (product, _, context) => context.recommendationOf(product).then(({ reason }) => reason),
      related: async (product, _, context) =>
        Promise.all((await context.recommendationOf(product)).related.map(catalog.product)),
    },
  };
  for (const [type, fields] of Object.entries(resolvers)) {
    for (const [field, resolve] of Object.entries(fields)) {
      const owner = schema.getType(type);
      const definition = isObjectType(owner) ? owner.getFields()[field] : undefined;
      if (!definition) throw new Error(`${type}.${field} is not in the schema.`);
      definition.resolve = resolve as unknown as GraphQLFieldResolver<unknown, unknown>;
    }
  }
  return schema;
}

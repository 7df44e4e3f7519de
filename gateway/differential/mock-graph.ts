import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  type DocumentNode,
  execute,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  validate,
} from 'graphql';
import { SUBGRAPH_NAMES, type SubgraphEndpoint } from '../../platform/subgraph/subgraph-port';
import { withNode } from '../node/node-endpoint';
import { NODE_TYPES } from '../node/node-types';
import { federatedGraph, type Graph } from './fixture';
import { hashOf } from './random';
import { fault, type Row } from './rows';
import { HOSTILE_TEXTS } from './value-generator';

const SCHEMA = path.join(__dirname, '..', '..', 'schema');
const IDS = ['1', '2', '3', '4', '5'] as const;

/**
 * This product's own supergraph over made-up data: every value follows from type, id and field, so that all subgraphs
 * agree; some are null, some throw, some entities are nobody's.
 */
export function mockGraph(): Graph {
  const supergraphSdl = readFileSync(path.join(SCHEMA, 'supergraph.graphql'), 'utf8');
  const endpoints = withNode(SUBGRAPH_NAMES.map((name) => mockEndpoint(name)));
  return {
    name: 'the product',
    // Ids as `node(id)` reads them, beside those every entity of the mocks has.
    ids: [...IDS, ...NODE_TYPES.map(({ prefix }) => `${prefix}_01k9zq3v5ee2q9y8m6w0h2n4rt`)],
    size: { depth: 4, fields: 16 },
    wrapped: false,
    supergraphSdl,
    endpoints,
    federated: federatedGraph(supergraphSdl, endpoints),
    truth: null,
  };
}

function mockEndpoint(name: string): SubgraphEndpoint {
  const sdl = readFileSync(path.join(SCHEMA, `${name}.graphql`), 'utf8');
  const typeDefs = parse(sdl);
  const bare = buildSubgraphSchema([{ typeDefs }]);
  const entities = entityNames(bare);
  const resolvers = Object.fromEntries([...entities].map((type) => [type, { __resolveReference: found }]));
  const schema = buildSubgraphSchema([{ typeDefs, resolvers: resolvers as never }]);
  const valid = new WeakSet<DocumentNode>();
  return {
    name,
    sdl,
    topics: {},
    async execute(request) {
      if (!valid.has(request.document)) {
        const errors = validate(schema, request.document);
        if (errors.length > 0) return { errors };
        valid.add(request.document);
      }
      return await execute({
        schema,
        document: request.document,
        variableValues: request.variables ?? {},
        operationName: request.operationName ?? null,
        rootValue: { seed: 'root' },
        fieldResolver: (source, args, _context, info) => {
          const seed = String((source as Row)['seed']);
          if (info.fieldName === 'id') return seed;
          const place = `${info.parentType.name} ${seed} ${info.fieldName} ${JSON.stringify(args)}`;
          return made({ schema, entities }, info.returnType, place);
        },
        typeResolver: (value) => (value as Row)['__typename'] as string,
      });
    },
    subscribe: () => Promise.resolve({ errors: [] }),
  };
}

interface World {
  readonly schema: GraphQLSchema;
  readonly entities: ReadonlySet<string>;
}

function found(reference: Row): Row | null {
  const id = String(reference['id']);
  // Nobody has the fifth of anything but its own subgraph.
  return id === '5' ? null : { seed: id };
}

function made(world: World, type: GraphQLOutputType, place: string): unknown {
  const luck = hashOf(`luck ${place}`) % 1_000;
  if (luck < 12) return fault(`No luck at ${hashOf(place) % 100}.`, luck < 6 ? 'CONFLICT' : 'NOT_FOUND');
  if (isNonNullType(type)) return luck < 18 ? null : certain(world, type.ofType, place);
  return luck < 110 ? null : certain(world, type, place);
}

function certain(world: World, type: GraphQLOutputType, place: string): unknown {
  if (isNonNullType(type)) return certain(world, type.ofType, place);
  if (isListType(type)) {
    return Array.from({ length: hashOf(`length ${place}`) % 4 }, (_, index) =>
      made(world, type.ofType, `${place} ${index}`),
    );
  }
  const named = getNamedType(type);
  const pick = hashOf(`pick ${place}`);
  if (isLeafType(named)) return leaf(named, pick);
  const types = isAbstractType(named) ? world.schema.getPossibleTypes(named) : [named];
  const concrete = types[pick % types.length];
  if (!concrete || !isObjectType(concrete)) return null;
  const seed = world.entities.has(concrete.name) ? IDS[pick % IDS.length] : String(pick);
  return { __typename: concrete.name, seed };
}

function leaf(type: GraphQLNamedType, pick: number): unknown {
  if (isEnumType(type)) return type.getValues()[pick % type.getValues().length]?.value;
  switch (type.name) {
    case 'Int':
      return (pick % 4_001) - 2_000;
    case 'Float':
      return (pick % 1_000) / 8;
    case 'Boolean':
      return pick % 2 === 0;
    case 'ID':
      return IDS[pick % IDS.length];
    case 'DateTime':
      return new Date(pick * 1_000).toISOString();
    case 'Decimal':
      return `${pick % 100}.50`;
    case 'CurrencyCode':
      return 'HKD';
    default:
      return `${HOSTILE_TEXTS[pick % HOSTILE_TEXTS.length]} ${pick % 97}`;
  }
}

function entityNames(schema: GraphQLSchema): Set<string> {
  const union = schema.getType('_Entity');
  return new Set(union && isAbstractType(union) ? schema.getPossibleTypes(union).map(({ name }) => name) : []);
}

import { Supergraph } from '@apollo/federation-internals';
import { type ExecutionResult, execute, type GraphQLSchema, isAbstractType } from 'graphql';
import { ANONYMOUS } from '../../platform/context/identity';
import { silentLog } from '../../platform/logging/log';
import type { SubgraphEndpoint } from '../../platform/subgraph/subgraph-port';
import { composeSupergraph } from '../federation/compose';
import { type ExecutionRequest, FederatedGraph } from '../federation/federated-graph';
import type { GeneratedOperation } from './operation-generator';
import { rowSubgraph, type SubgraphSource } from './row-subgraph';
import { type Row, Store, type Tables } from './rows';

export interface Fixture {
  readonly name: string;
  readonly subgraphs: Readonly<Record<string, string>>;
  readonly tables: Tables;
  /** Values for ID arguments. */
  readonly ids?: readonly string[];
  /**
   * Whether one schema over the same rows must answer the same: no faults, no missing entities, nothing a subgraph
   * alone knows.
   */
  readonly whole?: boolean;
  /** Of generated operations, where larger ones take the planner seconds. */
  readonly size?: { readonly depth: number; readonly fields: number };
}

/** A supergraph that can be asked; where `whole`, with the answer one schema would give. */
export interface Graph {
  readonly name: string;
  readonly ids: readonly string[];
  readonly size: Fixture['size'];
  /** Whether something stands in front of the subgraphs. */
  readonly wrapped: boolean;
  readonly supergraphSdl: string;
  readonly endpoints: readonly SubgraphEndpoint[];
  readonly federated: FederatedGraph;
  readonly truth: ((operation: GeneratedOperation) => Promise<ExecutionResult>) | null;
}

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requires",
  "@provides", "@external", "@override", "@shareable", "@inaccessible", "@tag", "@interfaceObject", "@extends"])
`;

/** SDL without a link of its own gets federation 2.9; "fed1" at its start asks for none at all. */
export function subgraphSources(fixture: Fixture): SubgraphSource[] {
  return Object.entries(fixture.subgraphs).map(([name, sdl]) => ({
    name,
    sdl: sdl.startsWith('#fed1') || sdl.includes('@link(') ? sdl : LINK + sdl,
  }));
}

type Wrap = (endpoint: SubgraphEndpoint) => SubgraphEndpoint;

export function graphEndpoints(fixture: Fixture): SubgraphEndpoint[] {
  return prepare(fixture).endpoints;
}

/** `wrap` may stand in front of each subgraph; then nobody knows the truth any more. */
export function buildGraph(fixture: Fixture, wrap?: Wrap): Graph {
  const { supergraphSdl, endpoints, store } = prepare(fixture, wrap);
  const federated = federatedGraph(supergraphSdl, endpoints);
  return {
    name: fixture.name,
    ids: fixture.ids ?? [],
    size: fixture.size,
    wrapped: wrap !== undefined,
    supergraphSdl,
    endpoints,
    federated,
    truth: fixture.whole && !wrap ? (operation) => truthOf(federated.publicSchema, store, operation) : null,
  };
}

function prepare(fixture: Fixture, wrap: Wrap = (endpoint) => endpoint) {
  const sources = subgraphSources(fixture);
  const supergraphSdl = composeSupergraph(sources);
  const whole = Supergraph.build(supergraphSdl).schema.toGraphQLJSSchema();
  const store = new Store(fixture.tables, (type) => concreteTypes(whole, type));
  return { supergraphSdl, store, endpoints: sources.map((source) => wrap(rowSubgraph(source, store))) };
}

export function federatedGraph(supergraphSdl: string, endpoints: readonly SubgraphEndpoint[]): FederatedGraph {
  return new FederatedGraph(
    supergraphSdl,
    new Map(endpoints.map((endpoint) => [endpoint.name, endpoint])),
    silentLog,
    // What subgraphs say is compared too, not only that something went wrong.
    { trustSubgraphErrors: true },
  );
}

export function requestOf({ text, document, variables }: GeneratedOperation): ExecutionRequest {
  return {
    document,
    documentKey: text,
    variables,
    caller: { identity: ANONYMOUS, requestId: 'req_differential', languages: [] },
    deadlineMs: 30_000,
  };
}

function concreteTypes(schema: GraphQLSchema, name: string): readonly string[] {
  const type = schema.getType(name);
  return type && isAbstractType(type) ? schema.getPossibleTypes(type).map((possible) => possible.name) : [name];
}

/** graphql-js on the public schema over the rows themselves: what the federation has to look like from outside. */
async function truthOf(schema: GraphQLSchema, store: Store, operation: GeneratedOperation): Promise<ExecutionResult> {
  return await execute({
    schema,
    document: operation.document,
    variableValues: operation.variables,
    fieldResolver: (source, args, _context, info) =>
      store.read((source as Row | null) ?? store.root(info.parentType.name), info.fieldName, args),
    typeResolver: (value) => (value as Row)['__typename'] as string,
  });
}

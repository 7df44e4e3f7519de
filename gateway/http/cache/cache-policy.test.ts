import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema } from 'graphql';
import { silentLog } from '../../../platform/logging/log';
import { SUBGRAPH_NAMES } from '../../../platform/subgraph/subgraph-port';
import { KnownDocuments } from '../../documents/known-documents';
import { composeSupergraph } from '../../federation/compose';
import { FederatedGraph } from '../../federation/federated-graph';
import { DocumentCheck } from '../../limits/document-check';
import { cachedGraph } from '../../testing/cached-graph';
import { readCacheHints } from './cache-hints';
import { CachePolicies } from './cache-policy';

describe('the cache policy of an operation', () => {
  const { endpoints } = cachedGraph();
  const graph = new FederatedGraph(
    composeSupergraph(endpoints),
    new Map(endpoints.map((endpoint) => [endpoint.name, endpoint])),
    silentLog,
  );
  const documents = new KnownDocuments(new DocumentCheck(graph.publicSchema, true));
  const policies = new CachePolicies(graph.publicSchema, readCacheHints(endpoints));

  const policyOf = (query: string): string => {
    const known = documents.read(query);
    const operation = known.operation(undefined);
    if (!operation) throw new Error(known.faults.join('\n'));
    const policy = policies.of(operation);
    return policy ? `${policy.maxAge} ${policy.scope}` : 'none';
  };

  it.each([
    ['a root field without a hint is not cacheable', '{ clock }', 'none'],
    ['a root field with a hint is, for its scalars', '{ motto }', '60 PUBLIC'],
    ['scalars inherit from the field above', '{ book(id: "b1") { id title } }', '30 PUBLIC'],
    ['the smallest maxAge wins', '{ motto book(id: "b1") { id } }', '30 PUBLIC'],
    ['a scalar may shorten it', '{ book(id: "b1") { id price } }', '5 PUBLIC'],
    ['maxAge 0 forbids', '{ book(id: "b1") { id stock } }', 'none'],
    ['PRIVATE wins', '{ motto book(id: "b1") { noteOfMine } }', '30 PRIVATE'],
    ['a field with sub-selections and no hint is not cacheable', '{ book(id: "b1") { publisher { name } } }', 'none'],
    ['inheritMaxAge on the field lets it inherit', '{ book(id: "b1") { author { name } } }', '30 PUBLIC'],
    ['inheritMaxAge on the type does too', '{ book(id: "b1") { cover { url } } }', '30 PUBLIC'],
    ["a type's hint holds for fields that return it", '{ shelf { name } }', '10 PUBLIC'],
    ["a field's hint replaces its type's", '{ topShelf { name } }', '20 PUBLIC'],
    [
      'aliases and fragments change nothing',
      '{ b: book(id: "b1") { ...F } } fragment F on Book { p: price }',
      '5 PUBLIC',
    ],
    [
      'a condition may turn out either way',
      '{ motto @skip(if: true) book(id: "b1") { price @include(if: false) } }',
      '5 PUBLIC',
    ],
    ['an interface is as strict as its strictest type', '{ items { label } }', '5 PUBLIC'],
    ['a type condition narrows that', '{ items { ... on Cup { label } } }', '40 PUBLIC'],
    ['introspection allows nothing by itself', '{ __typename }', 'none'],
    ['introspection forbids nothing', '{ __typename motto }', '60 PUBLIC'],
    ['mutations are never cacheable', 'mutation { restock }', 'none'],
    // What another subgraph adds to an entity is its own to allow.
    ['fields of an entity from a subgraph without a hint are not cacheable', '{ book(id: "b1") { rating } }', 'none'],
    ['fields of an entity from a subgraph with a hint on it are', '{ book(id: "b1") { loans } }', '8 PUBLIC'],
  ])('should hold that %s', (_rule, query, policy) => {
    expect(policyOf(query)).toBe(policy);
  });

  it('should find nothing cacheable where no subgraph says anything', () => {
    const silent = new CachePolicies(graph.publicSchema, []);
    const operation = documents.read('{ motto }').operation(undefined);
    expect(operation && silent.of(operation)).toBeNull();
  });
});

describe('the cache policies of the product', () => {
  const folder = path.join(__dirname, '../../../schema');
  const sdlOf = (name: string): string => readFileSync(path.join(folder, `${name}.graphql`), 'utf8');
  const schema = buildSchema(sdlOf('public'));
  const documents = new KnownDocuments(new DocumentCheck(schema, true));
  const policies = new CachePolicies(
    schema,
    readCacheHints(SUBGRAPH_NAMES.map((name) => ({ name, sdl: sdlOf(name) }))),
  );

  it.each([
    [
      'a page of products',
      '{ products(first: 5) { nodes { title priceRange { min { amount } } } pageInfo { endCursor } } }',
      '5 PUBLIC',
    ],
    [
      'a product with its pictures and variants',
      '{ product(id: "p") { title images(first: 3) { nodes { url } } variants(first: 9) { nodes { price { amount } options { name value } } } } }',
      '5 PUBLIC',
    ],
    ['what can be bought', '{ product(id: "p") { title availability { state } } }', '1 PUBLIC'],
    ['the tree of goods', '{ categories(first: 50) { nodes { name parent { name } } } }', '60 PUBLIC'],
    ['exact stock', '{ productVariant(id: "v") { stockLevels(first: 5) { totalCount } } }', 'none'],
    ['what other subgraphs add to a product', '{ product(id: "p") { title rating { average } } }', 'none'],
    ['anything of the viewer', '{ products(first: 5) { nodes { title } } viewer { id } }', 'none'],
  ])('should be right for %s', (_what, query, expected) => {
    const known = documents.read(query);
    expect(known.faults).toEqual([]);
    const operation = known.operation(undefined);
    const policy = operation ? policies.of(operation) : null;
    expect(policy ? `${policy.maxAge} ${policy.scope}` : 'none').toBe(expected);
  });
});

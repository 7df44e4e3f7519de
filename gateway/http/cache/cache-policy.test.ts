import { silentLog } from '../../../platform/logging/log';
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

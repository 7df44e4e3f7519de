import { type ExecutionResult, GraphQLError, parse } from 'graphql';
import { ANONYMOUS } from '../../platform/context/identity';
import { remoteFaults } from '../../platform/remote/remote-fault';
import type { SubgraphRequest } from '../../platform/subgraph/subgraph-port';
import { callAt, type HeldEndpoint, heldEndpoint, nextTurn } from '../testing/held-endpoint';
import { batchedEntities } from './batched-entities';

const ENTITIES = parse(
  'query($representations: [_Any!]!, $n: Int) { _entities(representations: $representations) { ... on P { stock(n: $n) } } }',
);

const representation = (id: string) => ({ __typename: 'P', id });
const representations = (...ids: readonly string[]) => ids.map(representation);

function asks(ids: readonly string[], more: Partial<SubgraphRequest> = {}): SubgraphRequest {
  return {
    document: ENTITIES,
    variables: { representations: representations(...ids) },
    identity: ANONYMOUS,
    requestId: 'r1',
    ...more,
  };
}

const entities = (...stocks: readonly (string | null)[]): ExecutionResult => ({
  data: { _entities: stocks.map((stock) => (stock === null ? null : { stock })) },
});

const sentIn = (endpoint: HeldEndpoint) => endpoint.calls.map(({ request }) => request.variables?.['representations']);
const jsonOf = (results: readonly ExecutionResult[]): unknown => JSON.parse(JSON.stringify(results));

describe('batchedEntities', () => {
  it('should merge what is asked in one turn, each representation once, and divide the answer', async () => {
    const endpoint = heldEndpoint();
    const { execute } = batchedEntities(endpoint);
    const shares = [execute(asks(['1', '2'])), execute(asks(['3', '2'], { requestId: 'r2' })), execute(asks(['3']))];
    await nextTurn();
    expect(sentIn(endpoint)).toEqual([representations('1', '2', '3')]);
    expect(callAt(endpoint, 0).request.requestId).toBe('r1');
    callAt(endpoint, 0).answer(entities('a', 'b', 'c'));
    expect(await Promise.all(shares)).toEqual([entities('a', 'b'), entities('c', 'b'), entities('c')]);
  });

  it('should give each participant entities nobody else changes', async () => {
    const endpoint = heldEndpoint();
    const { execute } = batchedEntities(endpoint);
    const shares = [execute(asks(['1', '1'])), execute(asks(['1']))];
    await nextTurn();
    callAt(endpoint, 0).answer(entities('a'));
    const all = (await Promise.all(shares)).flatMap(({ data }) => data?.['_entities'] as object[]);
    expect(all).toEqual([{ stock: 'a' }, { stock: 'a' }, { stock: 'a' }]);
    expect(new Set(all).size).toBe(3);
  });

  it('should pass on unchanged what is alone', async () => {
    const endpoint = heldEndpoint();
    const { execute } = batchedEntities(endpoint);
    const alone = asks(['1', '1']);
    const share = execute(alone);
    await nextTurn();
    expect(callAt(endpoint, 0).request).toBe(alone);
    const result = entities('a', 'a');
    callAt(endpoint, 0).answer(result);
    expect(await share).toBe(result);
  });

  it('should not merge what comes in another turn', async () => {
    const endpoint = heldEndpoint();
    const { execute } = batchedEntities(endpoint);
    void execute(asks(['1']));
    await nextTurn();
    void execute(asks(['2']));
    await nextTurn();
    expect(sentIn(endpoint)).toEqual([representations('1'), representations('2')]);
  });

  it('should not merge other documents, variables, languages or callers', async () => {
    const endpoint = heldEndpoint();
    const { execute } = batchedEntities(endpoint);
    const variables = { representations: representations('1'), n: 1 };
    const sent = [
      asks(['1']),
      asks(['1'], { variables }),
      asks(['1'], { languages: ['de'] }),
      asks(['1'], { identity: { kind: 'app', keyId: 'k', scopes: [], resource: 'g1' } }),
      asks(['1'], { identity: { kind: 'app', keyId: 'k', scopes: [], resource: 'g2' } }),
      asks(['1'], {
        document: parse(
          'query($representations: [_Any!]!) { _entities(representations: $representations) { __typename } }',
        ),
      }),
    ];
    for (const one of sent) void execute(one);
    await nextTurn();
    expect(endpoint.calls.map(({ request }) => request)).toEqual(sent);
    void execute(asks(['1'], { variables }));
    void execute(asks(['2'], { variables: { representations: representations('2'), n: 1 } }));
    await nextTurn();
    expect(callAt(endpoint, 6).request.variables).toEqual({ representations: representations('1', '2'), n: 1 });
  });

  it('should send at once what asks for no entities', () => {
    const endpoint = heldEndpoint();
    const { execute } = batchedEntities(endpoint);
    void execute(asks([], { document: parse('{ a }'), variables: { representations: [] } }));
    void execute(asks([], { document: parse('mutation { a }'), variables: {} }));
    expect(endpoint.calls).toHaveLength(2);
  });

  it('should bound a call to 500 representations and 256 kB of them', async () => {
    const endpoint = heldEndpoint();
    const { execute } = batchedEntities(endpoint);
    const many = (from: number, count: number) => Array.from({ length: count }, (_, at) => String(from + at));
    for (const ids of [many(0, 300), many(300, 200), many(0, 300), many(500, 1), many(1000, 700)])
      void execute(asks(ids));
    await nextTurn();
    expect(sentIn(endpoint).map((sent) => (sent as unknown[]).length)).toEqual([500, 1, 700]);
    const large = (id: string) => ({ __typename: 'P', id, text: 'x'.repeat(200_000) });
    for (const id of ['1', '2']) void execute(asks([], { variables: { representations: [large(id)] } }));
    await nextTurn();
    expect(endpoint.calls).toHaveLength(5);
  });

  describe('errors', () => {
    const merged = async (result: ExecutionResult, ...asked: readonly (readonly string[])[]) => {
      const endpoint = heldEndpoint();
      const { execute } = batchedEntities(endpoint);
      const shares = asked.map((ids) => execute(asks(ids)));
      await nextTurn();
      callAt(endpoint, 0).answer(result);
      return { endpoint, shares };
    };

    it('should go to those who asked for the entity, at their own index', async () => {
      const { shares } = await merged(
        {
          ...entities('a', null, 'c'),
          errors: [new GraphQLError('no', { path: ['_entities', 1, 'stock'], extensions: { code: 'X' } })],
        },
        ['1'],
        ['2', '3'],
        ['3', '2', '2'],
      );
      const error = (index: number) => ({
        message: 'no',
        path: ['_entities', index, 'stock'],
        extensions: { code: 'X' },
      });
      expect(jsonOf(await Promise.all(shares))).toEqual([
        entities('a'),
        { ...entities(null, 'c'), errors: [error(0)] },
        { ...entities('c', null, null), errors: [error(1), error(2)] },
      ]);
    });

    it('should go to everybody when they name no entity, each their own', async () => {
      const { shares } = await merged({ ...entities('a', 'b'), errors: [new GraphQLError('slow')] }, ['1'], ['2']);
      const [one, two] = await Promise.all(shares);
      expect(jsonOf([one ?? {}, two ?? {}])).toEqual([
        { ...entities('a'), errors: [{ message: 'slow' }] },
        { ...entities('b'), errors: [{ message: 'slow' }] },
      ]);
      expect(one?.errors?.[0]).not.toBe(two?.errors?.[0]);
    });

    it('should go to everybody when there is no data and no place', async () => {
      const { endpoint, shares } = await merged({ errors: [new GraphQLError('away')] }, ['1'], ['2']);
      expect(jsonOf(await Promise.all(shares))).toEqual([
        { errors: [{ message: 'away' }] },
        { errors: [{ message: 'away' }] },
      ]);
      expect(endpoint.calls).toHaveLength(1);
    });

    it('should say of an unreachable subgraph what each would have been told alone', async () => {
      const asked = [['1'], Array.from({ length: 30 }, (_, at) => `x${at}`), ['2', '3']];
      const all = asks(asked.flat());
      const { endpoint, shares } = await merged({ errors: remoteFaults('SUBGRAPH_TIMEOUT', all) }, ...asked);
      expect(jsonOf(await Promise.all(shares))).toEqual(
        jsonOf(asked.map((ids) => ({ errors: remoteFaults('SUBGRAPH_TIMEOUT', asks(ids)) }))),
      );
      expect(endpoint.calls).toHaveLength(1);
    });

    it.each<[string, ExecutionResult]>([
      ['_entities failed as a whole', { data: null, errors: [new GraphQLError('bad', { path: ['_entities'] })] }],
      ['the list has another length', entities('a')],
      ['there is no list', { data: {} }],
      ['there is nothing', {}],
    ])('should let each ask alone when %s', async (_, result) => {
      const { endpoint, shares } = await merged(result, ['1'], ['2']);
      await nextTurn();
      expect(sentIn(endpoint).slice(1)).toEqual([representations('1'), representations('2')]);
      callAt(endpoint, 1).answer(entities('one'));
      callAt(endpoint, 2).answer({ data: null, errors: [new GraphQLError('bad', { path: ['_entities'] })] });
      expect(jsonOf(await Promise.all(shares))).toEqual([
        entities('one'),
        { data: null, errors: [{ message: 'bad', path: ['_entities'] }] },
      ]);
    });

    it('should reject for all when the call rejects or throws', async () => {
      const throwing = batchedEntities({
        ...heldEndpoint(),
        execute() {
          throw new Error('broken');
        },
      });
      const shares = [throwing.execute(asks(['1'])), throwing.execute(asks(['2']))];
      expect(await Promise.allSettled(shares)).toMatchObject([
        { reason: { message: 'broken' } },
        { reason: { message: 'broken' } },
      ]);
      await expect(throwing.execute(asks(['1']))).rejects.toThrow('broken');
    });
  });

  describe('when a participant is aborted', () => {
    it('should serve the others and abort the call with the last', async () => {
      const endpoint = heldEndpoint();
      const { execute } = batchedEntities(endpoint);
      const [one, two] = [new AbortController(), new AbortController()];
      const shares = [execute(asks(['1'], { signal: one.signal })), execute(asks(['2'], { signal: two.signal }))];
      const settled = Promise.allSettled(shares);
      await nextTurn();
      one.abort(new Error('first'));
      expect(callAt(endpoint, 0).request.signal?.aborted).toBe(false);
      callAt(endpoint, 0).answer(entities('a', 'b'));
      expect(await settled).toMatchObject([{ reason: { message: 'first' } }, { value: entities('b') }]);

      const again = Promise.allSettled([
        execute(asks(['1'], { signal: two.signal })),
        execute(asks(['2'], { signal: two.signal })),
      ]);
      await nextTurn();
      two.abort(new Error('second'));
      expect(callAt(endpoint, 1).request.signal?.aborted).toBe(true);
      expect(await again).toMatchObject([{ reason: { message: 'second' } }, { reason: { message: 'second' } }]);
    });

    it('should leave out who left before the call', async () => {
      const endpoint = heldEndpoint();
      const { execute } = batchedEntities(endpoint);
      const early = new AbortController();
      const shares = Promise.allSettled([execute(asks(['1'], { signal: early.signal })), execute(asks(['2']))]);
      early.abort(new Error('gone'));
      await nextTurn();
      expect(sentIn(endpoint)).toEqual([representations('2')]);
      callAt(endpoint, 0).answer(entities('b'));
      expect(await shares).toMatchObject([{ reason: { message: 'gone' } }, { value: entities('b') }]);
    });
  });
});

import { type ExecutionResult, GraphQLError, parse } from 'graphql';
import { ANONYMOUS } from '../../platform/context/identity';
import type { SubgraphRequest } from '../../platform/subgraph/subgraph-port';
import { callAt, heldEndpoint } from '../testing/held-endpoint';
import { Changes } from './changes';
import { sharedReads } from './shared-reads';

const QUERY = parse('query Q($id: ID) { product(id: $id) { name tags } }');
const MUTATION = parse('mutation { buy }');

const request = (more: Partial<SubgraphRequest> = {}): SubgraphRequest => ({
  document: QUERY,
  variables: { id: '1' },
  identity: ANONYMOUS,
  requestId: 'r1',
  ...more,
});

const answer = (): ExecutionResult => ({ data: { product: { name: 'Tea', tags: ['a'] } } });

describe('sharedReads', () => {
  it('should send identical queries once while one is in flight, as the first of them', async () => {
    const endpoint = heldEndpoint();
    const { execute } = sharedReads(endpoint);
    const shares = [execute(request()), execute(request({ requestId: 'r2', traceparent: 't2' }))];
    expect(endpoint.calls).toHaveLength(1);
    expect(callAt(endpoint, 0).request).toMatchObject({ requestId: 'r1', variables: { id: '1' } });
    callAt(endpoint, 0).answer(answer());
    expect(await Promise.all(shares)).toEqual([answer(), answer()]);
  });

  it('should send again once the answer is there', async () => {
    const endpoint = heldEndpoint();
    const { execute } = sharedReads(endpoint);
    const first = execute(request());
    callAt(endpoint, 0).answer(answer());
    await first;
    void execute(request());
    expect(endpoint.calls).toHaveLength(2);
  });

  it('should not share what is not identical', () => {
    const endpoint = heldEndpoint();
    const { execute } = sharedReads(endpoint);
    const sent = [
      request(),
      request({ variables: { id: '2' } }),
      request({ languages: ['de'] }),
      request({ operationName: 'Q' }),
      request({ document: parse('query Q($id: ID) { product(id: $id) { name tags } }') }),
      request({ identity: { kind: 'account', accountId: 'a', sessionId: 's', roles: [] } }),
      request({ identity: { kind: 'app', keyId: 'k', scopes: [] } }),
      request({ identity: { kind: 'app', keyId: 'k', scopes: [], resource: 'g1' } }),
    ];
    for (const one of sent) void execute(one);
    expect(endpoint.calls.map((call) => ({ ...call.request, signal: undefined }))).toEqual(
      sent.map((one) => ({ ...one, signal: undefined })),
    );
  });

  it('should give each participant an answer nobody else changes', async () => {
    const endpoint = heldEndpoint();
    const { execute } = sharedReads(endpoint);
    const changing = (share: Promise<ExecutionResult>) =>
      share.then(({ data }) => {
        const text = JSON.stringify(data);
        const product = data?.['product'] as { name: string; tags: string[] };
        product.name = 'Changed';
        product.tags.push('b');
        return text;
      });
    const texts = [changing(execute(request())), changing(execute(request())), changing(execute(request()))];
    callAt(endpoint, 0).answer(answer());
    expect(new Set(await Promise.all(texts))).toEqual(new Set([JSON.stringify(answer().data)]));
  });

  it('should give each participant errors of its own', async () => {
    const endpoint = heldEndpoint();
    const { execute } = sharedReads(endpoint);
    const shares = [execute(request()), execute(request())];
    callAt(endpoint, 0).answer({
      data: { product: null },
      errors: [new GraphQLError('no', { path: ['product'], extensions: { code: 'NOT_FOUND' } })],
    });
    const [one, two] = await Promise.all(shares);
    expect(one?.errors?.map((error) => error.toJSON())).toEqual([
      { message: 'no', path: ['product'], extensions: { code: 'NOT_FOUND' } },
    ]);
    expect(two).toEqual(one);
    expect(two?.errors?.[0]).not.toBe(one?.errors?.[0]);
  });

  it('should reject for all when the call rejects', async () => {
    const endpoint = heldEndpoint();
    const { execute } = sharedReads(endpoint);
    const shares = [execute(request()), execute(request())];
    callAt(endpoint, 0).fail(new Error('broken'));
    expect(await Promise.allSettled(shares)).toMatchObject([
      { status: 'rejected', reason: { message: 'broken' } },
      { status: 'rejected', reason: { message: 'broken' } },
    ]);
    void execute(request());
    expect(endpoint.calls).toHaveLength(2);
  });

  it('should never share mutations', () => {
    const endpoint = heldEndpoint();
    const { execute } = sharedReads(endpoint);
    void execute(request({ document: MUTATION }));
    void execute(request({ document: MUTATION }));
    expect(endpoint.calls).toHaveLength(2);
  });

  describe('when a participant is aborted', () => {
    it('should serve the others, the first one gone or not', async () => {
      const endpoint = heldEndpoint();
      const { execute } = sharedReads(endpoint);
      const leader = new AbortController();
      const shares = [execute(request({ signal: leader.signal })), execute(request({ requestId: 'r2' }))];
      leader.abort(new GraphQLError('late'));
      callAt(endpoint, 0).fail(leader.signal.reason);
      await expect(shares[0]).rejects.toThrow('late');
      // Sent again for those who stay, and shared by who comes now.
      const third = execute(request());
      expect(endpoint.calls).toHaveLength(2);
      expect(callAt(endpoint, 1).request).toMatchObject({ requestId: 'r2', variables: { id: '1' } });
      expect(callAt(endpoint, 1).request.signal?.aborted).toBe(false);
      callAt(endpoint, 1).answer(answer());
      expect(await Promise.all([shares[1], third])).toEqual([answer(), answer()]);
      void execute(request());
      expect(endpoint.calls).toHaveLength(3);
    });

    it('should let a follower go alone', async () => {
      const endpoint = heldEndpoint();
      const { execute } = sharedReads(endpoint);
      const follower = new AbortController();
      const shares = [execute(request()), execute(request({ signal: follower.signal })), execute(request())];
      follower.abort(new GraphQLError('late'));
      await expect(shares[1]).rejects.toThrow('late');
      callAt(endpoint, 0).answer(answer());
      expect(await Promise.all([shares[0], shares[2]])).toEqual([answer(), answer()]);
      expect(endpoint.calls).toHaveLength(1);
    });

    it('should take followers again after the only one left', async () => {
      const endpoint = heldEndpoint();
      const { execute } = sharedReads(endpoint);
      const follower = new AbortController();
      const shares = [execute(request()), execute(request({ signal: follower.signal }))];
      follower.abort(new Error('late'));
      await expect(shares[1]).rejects.toThrow('late');
      const next = execute(request());
      callAt(endpoint, 0).answer(answer());
      expect(await Promise.all([shares[0], next])).toEqual([answer(), answer()]);
      expect(endpoint.calls).toHaveLength(1);
    });

    it('should abort the call when the last one has left, and send again for the next', async () => {
      const endpoint = heldEndpoint();
      const { execute } = sharedReads(endpoint);
      const [one, two] = [new AbortController(), new AbortController()];
      const shares = [execute(request({ signal: one.signal })), execute(request({ signal: two.signal }))];
      one.abort(new Error('first'));
      callAt(endpoint, 0).fail(one.signal.reason);
      await expect(shares[0]).rejects.toThrow('first');
      const sentAgain = callAt(endpoint, 1);
      two.abort(new Error('second'));
      await expect(shares[1]).rejects.toThrow('second');
      expect(sentAgain.request.signal?.aborted).toBe(true);
      const next = execute(request());
      sentAgain.fail(new Error('aborted'));
      callAt(endpoint, 2).answer(answer());
      expect(await next).toEqual(answer());
    });

    it('should let nobody follow who was aborted before', async () => {
      const endpoint = heldEndpoint();
      const { execute } = sharedReads(endpoint);
      void execute(request());
      await expect(execute(request({ signal: AbortSignal.abort(new Error('gone')) }))).rejects.toThrow('gone');
      expect(endpoint.calls).toHaveLength(1);
    });

    it('should leave nothing on a signal that outlives the answer', async () => {
      const endpoint = heldEndpoint();
      const { execute } = sharedReads(endpoint);
      const { signal } = new AbortController();
      const removed = jest.spyOn(signal, 'removeEventListener');
      void execute(request());
      const share = execute(request({ signal }));
      callAt(endpoint, 0).answer(answer());
      await share;
      expect(removed).toHaveBeenCalledTimes(1);
    });
  });

  describe('after a change', () => {
    it('should not answer a read from before a mutation that is done, whichever subgraph it went to', async () => {
      const changes = new Changes();
      const [catalog, orders] = [heldEndpoint(), heldEndpoint()];
      const reads = sharedReads(catalog, changes);
      const before = reads.execute(request());
      const bought = sharedReads(orders, changes).execute(request({ document: MUTATION }));
      void reads.execute(request());
      expect(catalog.calls).toHaveLength(1);
      callAt(orders, 0).answer({ data: { buy: true } });
      await bought;
      const after = reads.execute(request());
      expect(catalog.calls).toHaveLength(2);
      callAt(catalog, 0).answer({ data: { product: { name: 'Old' } } });
      expect(await before).toEqual({ data: { product: { name: 'Old' } } });
      // The old flight's landing has not closed the new one.
      const joined = reads.execute(request());
      expect(catalog.calls).toHaveLength(2);
      callAt(catalog, 1).answer({ data: { product: { name: 'New' } } });
      expect(await Promise.all([after, joined])).toEqual([
        { data: { product: { name: 'New' } } },
        { data: { product: { name: 'New' } } },
      ]);
    });

    it('should not answer a read from before a mutation that failed', async () => {
      const endpoint = heldEndpoint();
      const { execute } = sharedReads(endpoint);
      void execute(request());
      const bought = execute(request({ document: MUTATION }));
      callAt(endpoint, 1).fail(new Error('late'));
      await expect(bought).rejects.toThrow('late');
      void execute(request());
      expect(endpoint.calls).toHaveLength(3);
    });

    it('should not answer a read from before an event, and should pass events and their end on', async () => {
      const endings: string[] = [];
      async function* events(): AsyncGenerator<ExecutionResult> {
        try {
          yield { data: { changed: 1 } };
          yield { data: { changed: 2 } };
        } finally {
          endings.push('returned');
        }
      }
      const endpoint = heldEndpoint(() => Promise.resolve(events()));
      const { execute, subscribe } = sharedReads(endpoint);
      const followed = await subscribe(request());
      if (!(Symbol.asyncIterator in followed)) throw new Error('It was refused.');
      void execute(request());
      expect(await followed.next()).toEqual({ done: false, value: { data: { changed: 1 } } });
      void execute(request());
      expect(endpoint.calls).toHaveLength(2);
      expect(await followed.return?.()).toEqual({ done: true, value: undefined });
      expect(endings).toEqual(['returned']);
    });

    it('should pass a refused subscription on as it is', async () => {
      const refused = { errors: [new GraphQLError('no')] };
      const { subscribe } = sharedReads(heldEndpoint(() => Promise.resolve(refused)));
      expect(await subscribe(request())).toBe(refused);
    });
  });

  it('should read the schema only when it is asked for', () => {
    const endpoint = heldEndpoint();
    const sdl = jest.fn(() => 'type Query { a: Int }');
    const decorated = sharedReads(Object.defineProperty({ ...endpoint }, 'sdl', { get: sdl }));
    expect(sdl).not.toHaveBeenCalled();
    expect(decorated).toMatchObject({ name: 'catalog', topics: { changed: 'PUBLIC' }, sdl: 'type Query { a: Int }' });
  });
});

import { parse } from 'graphql';
import { ANONYMOUS, type Identity, type Role } from '../../platform/context/identity';
import type { SubgraphRequest } from '../../platform/subgraph/subgraph-port';
import { kindOf, viewOf } from './shareable';

const request = (text: string, operationName?: string): SubgraphRequest => ({
  document: parse(text),
  operationName,
  identity: ANONYMOUS,
  requestId: 'r1',
});

describe('kindOf', () => {
  it.each([
    ['{ a }', 'query'],
    ['mutation { a }', 'other'],
    ['subscription { a }', 'other'],
    ['query($representations: [_Any!]!) { _entities(representations: $representations) { a } }', 'entities'],
    [
      'query($representations: [_Any!]!, $n: Int) { _entities(representations: $representations) { a(n: $n) } }',
      'entities',
    ],
    ['query($representations: [_Any!]!) { e: _entities(representations: $representations) { a } }', 'query'],
    ['query($representations: [_Any!]!) { _entities(representations: $representations) { a } b }', 'query'],
    [
      'query($representations: [_Any!]!) { _entities(representations: $representations) @skip(if: false) { a } }',
      'query',
    ],
    ['query($r: [_Any!]!) { _entities(representations: $r) { a } }', 'query'],
    ['{ _entities(representations: []) { a } }', 'query'],
    ['fragment F on Query { a }', 'other'],
  ])('should take %s for: %s', (text, kind) => {
    expect(kindOf(request(text))).toBe(kind);
  });

  it('should look at the operation that is to run', () => {
    const { document } = request('query Q { a } mutation M { a }');
    expect(kindOf({ ...request('{ a }'), document, operationName: 'Q' })).toBe('query');
    expect(kindOf({ ...request('{ a }'), document, operationName: 'M' })).toBe('other');
    expect(kindOf({ ...request('{ a }'), document, operationName: undefined })).toBe('other');
  });
});

describe('viewOf', () => {
  const base: SubgraphRequest = { ...request('{ a }'), variables: { id: '1' }, languages: ['de'] };
  const account = (accountId: string, sessionId: string, roles: readonly Role[]): Identity => ({
    kind: 'account',
    accountId,
    sessionId,
    roles,
  });
  const app = (resource?: string): Identity => ({
    kind: 'app',
    keyId: 'k1',
    scopes: ['overlay'],
    ...(resource === undefined ? {} : { resource }),
  });

  it('should not tell apart requests, traces and sessions of who sees the same', () => {
    const one = { ...base, identity: account('a', 's1', ['LEADER', 'CUSTOMER']), traceparent: 't1' };
    const two = { ...base, identity: account('a', 's2', ['CUSTOMER', 'LEADER']), requestId: 'r2' };
    expect(viewOf(one)).toBe(viewOf(two));
  });

  it('should tell apart whatever changes the answer', () => {
    const views = [
      base,
      { ...base, variables: { id: '2' } },
      { ...base, variables: { id: 1 } },
      { ...base, operationName: 'Q' },
      { ...base, languages: ['en'] },
      { ...base, languages: ['de', 'en'] },
      { ...base, identity: account('a', 's', ['CUSTOMER']) },
      { ...base, identity: account('b', 's', ['CUSTOMER']) },
      { ...base, identity: account('a', 's', ['ADMIN']) },
      { ...base, identity: app() },
      { ...base, identity: app('group-1') },
      { ...base, identity: app('group-2') },
    ].map((one) => viewOf(one));
    expect(new Set(views).size).toBe(views.length);
  });
});

import { silentLog } from '../../../platform/logging/log';
import type { Gateway } from '../../gateway';
import { startStandalone } from '../../standalone';
import { type HttpSubgraphs, startHttpSubgraphs } from '../http-subgraphs';
import { AUDIT } from './categories';

describe.each(AUDIT.map((category) => [category.name, category] as const))(
  'the gateway alone, over HTTP, on %s',
  (_name, category) => {
    let subgraphs: HttpSubgraphs;
    let gateway: Gateway;
    beforeAll(async () => {
      subgraphs = await startHttpSubgraphs(category);
      gateway = await startStandalone({
        supergraphSdl: subgraphs.supergraphSdl,
        host: '127.0.0.1',
        port: 0,
        subgraphTimeoutMs: 10_000,
        log: silentLog,
      });
    });
    afterAll(async () => {
      await gateway?.stop();
      await subgraphs?.stop();
    });

    it.each(category.cases.map((one) => [one.query, one] as const))('should answer %s', async (_query, one) => {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: one.query, variables: one.variables }),
      });
      const { data, errors = [] } = (await response.json()) as { data?: unknown; errors?: unknown[] };
      expect({ data, errors: errors.length }).toEqual({ data: one.data, errors: one.errors ?? 0 });
    });
  },
);

import { shared } from '../../gateway/sharing/shared';
import { systemClock } from '../../platform/clock/clock';
import { silentLog } from '../../platform/logging/log';
import { createRemoteEndpoint } from '../../platform/remote/remote-endpoint';
import { KeyRing } from '../../platform/remote/signature';
import { SchemaExecutor } from '../../platform/subgraph/schema-executor';
import type { SubgraphEndpoint } from '../../platform/subgraph/subgraph-port';
import { fixtureSubgraphs } from './shop';

const TIMEOUT_MS = 10_000;

/** The fixture's subgraphs called without HTTP, executed as the product executes its own. */
export function endpointsInProcess(): readonly SubgraphEndpoint[] {
  return fixtureSubgraphs().map(({ name, sdl, schema }) => {
    const executor = new SchemaExecutor(schema);
    return {
      name,
      sdl,
      topics: {},
      execute: async (request) => executor.execute(request),
      subscribe: () => Promise.resolve({ errors: [] }),
    };
  });
}

/** As the product asks subgraphs in other processes: every call signed, and where `sharing`, reads in flight joined. The servers here do not look at the signature. */
export function endpointsOverHttp(
  subgraphs: readonly { readonly name: string; readonly sdl: string; readonly url: string }[],
  sharing: boolean,
): readonly SubgraphEndpoint[] {
  const remotes = subgraphs.map(({ name, sdl, url }) =>
    createRemoteEndpoint({
      name,
      sdl,
      topics: {},
      url: new URL(url).origin,
      keys: new KeyRing([SECRET]),
      clock: systemClock,
      log: silentLog,
      queryTimeoutMs: TIMEOUT_MS,
    }),
  );
  return sharing ? shared(remotes) : remotes;
}

const SECRET = 'measured-with-this-secret';

import type { SubgraphEndpoint } from '../subgraph/subgraph-port';
import type { Metrics } from './metrics';

/** Counts and times what is asked of a subgraph. */
export function meteredCalls(target: SubgraphEndpoint, metrics: Metrics): SubgraphEndpoint {
  const subgraph = target.name;
  const seconds = metrics.subgraphSeconds.labels({ subgraph });
  const outcomes = {
    ok: metrics.subgraphRequests.labels({ subgraph, outcome: 'ok' }),
    error: metrics.subgraphRequests.labels({ subgraph, outcome: 'error' }),
    failed: metrics.subgraphRequests.labels({ subgraph, outcome: 'failed' }),
  };
  return {
    name: subgraph,
    sdl: target.sdl,
    topics: target.topics,
    subscribe: (request) => target.subscribe(request),
    async execute(request) {
      const started = performance.now();
      try {
        const result = await target.execute(request);
        outcomes[result.errors ? 'error' : 'ok'].inc();
        return result;
      } catch (error) {
        outcomes.failed.inc();
        throw error;
      } finally {
        seconds.observe((performance.now() - started) / 1000);
      }
    },
  };
}

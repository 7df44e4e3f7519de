import type { Config } from '../../platform/config/config';
import { ConfigError } from '../../platform/config/config';
import type { SubgraphName } from '../../platform/subgraph/subgraph-port';

/** Where each subgraph is, or a ConfigError: a part of the distributed shape cannot do without. */
export function addressesOf(config: Config): (name: SubgraphName) => string {
  const urls = config.subgraphUrls;
  if (!urls) {
    throw new ConfigError([
      'SUBGRAPH_URLS is needed where each part is a process of its own: accounts=http://127.0.0.1:4101,catalog=… for all seven',
    ]);
  }
  return (name) => urls[name];
}

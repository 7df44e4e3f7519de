import type { Config } from '../../platform/config/config';
import { KeyRing } from '../../platform/remote/signature';
import type { SecretStore } from '../../platform/subgraph/secret-store';

const NAME = 'subgraph-calls';

/** The secrets of calls between processes: SUBGRAPH_SECRETS, else one that all processes on this data directory share. */
export function callKeys(config: Config, secrets: SecretStore): KeyRing {
  return new KeyRing(config.subgraphSecrets ?? [secrets.get(NAME)]);
}

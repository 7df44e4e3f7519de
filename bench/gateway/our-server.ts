import { startGateway } from '../../gateway/gateway';
import { ANONYMOUS } from '../../platform/context/identity';
import { silentLog } from '../../platform/logging/log';
import { endpointsInProcess, endpointsOverHttp } from './our-endpoints';
import { reportReady } from './peer';

/** Our gateway with its whole door: every limit is counted, only the allowance of the one address is larger. */
async function main(): Promise<void> {
  const urls = process.env['SUBGRAPHS'];
  const gateway = await startGateway({
    endpoints: urls
      ? endpointsOverHttp(
          JSON.parse(urls) as { name: string; sdl: string; url: string }[],
          process.env['SHARING'] === 'on',
        )
      : endpointsInProcess(),
    host: '127.0.0.1',
    port: 0,
    authenticate: {
      identify: () => Promise.resolve({ identity: ANONYMOUS, originAllowed: false }),
      isOriginListed: () => Promise.resolve(false),
    },
    log: silentLog,
    introspection: false,
    explorer: false,
    rateLimit: { requests: 10_000_000, seconds: 10 },
    cost: { enforce: true, callerBucket: { maximumAvailable: 1e9, restoreRate: 1e6 } },
    production: true,
    webhooks: () => Promise.resolve({ status: 404, body: {} }),
    readiness: () => Promise.resolve({}),
  });
  reportReady(`${gateway.url}/graphql`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

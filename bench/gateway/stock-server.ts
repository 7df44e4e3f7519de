import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { reportReady } from './peer';

process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';

/** The stock federation gateway, as its documentation starts it. */
async function main(): Promise<void> {
  const server = new ApolloServer({
    gateway: new ApolloGateway({ supergraphSdl: process.env['SUPERGRAPH'] ?? '' }),
    nodeEnv: 'production',
  });
  const { url } = await startStandaloneServer(server, { listen: { host: '127.0.0.1', port: 0 } });
  reportReady(new URL('/graphql', url).href);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

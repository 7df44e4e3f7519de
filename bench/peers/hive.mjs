import { createServer } from 'node:http';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { reportReady } from './report-ready.mjs';

const gateway = createGatewayRuntime({
  supergraph: process.env.SUPERGRAPH,
  logging: process.env.DEBUG_PEER === '1',
  landingPage: false,
  graphiql: false,
  maskedErrors: process.env.DEBUG_PEER !== '1',
});
const server = createServer({ keepAliveTimeout: 60_000 }, gateway);
server.listen(0, '127.0.0.1', () => reportReady(`http://127.0.0.1:${server.address().port}/graphql`));

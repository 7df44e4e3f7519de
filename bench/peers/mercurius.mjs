import mercuriusGateway from '@mercuriusjs/gateway';
import Fastify from 'fastify';
import { reportReady } from './report-ready.mjs';

const subgraphs = JSON.parse(process.env.SUBGRAPHS);
const app = Fastify();
app.register(mercuriusGateway, {
  gateway: {
    services: subgraphs.map(({ name, url, sdl }) => ({
      name,
      url,
      schema: sdl,
      // Its own default is ten connections; the same number as the others here.
      connections: 64,
    })),
  },
  jit: process.env.JIT === 'on' ? 1 : 0,
});
reportReady(`${await app.listen({ host: '127.0.0.1', port: 0 })}/graphql`);

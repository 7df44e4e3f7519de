import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { ANONYMOUS } from '../../platform/context/identity';
import { type Fixture, graphEndpoints, subgraphSources } from './fixture';

export interface HttpSubgraphs {
  /** Names each subgraph's URL on this machine. */
  readonly supergraphSdl: string;
  stop(): Promise<void>;
}

/** The subgraphs of a fixture as GraphQL servers on free ports, as an outside audit has them. */
export async function startHttpSubgraphs(fixture: Fixture): Promise<HttpSubgraphs> {
  const endpoints = new Map(graphEndpoints(fixture).map((endpoint) => [endpoint.name, endpoint]));
  const server = createServer((request, response) => {
    void (async () => {
      const endpoint = endpoints.get(decodeURIComponent((request.url ?? '/').slice(1)));
      const { query, variables, operationName } = JSON.parse(await bodyOf(request)) as {
        query: string;
        variables?: Record<string, unknown>;
        operationName?: string;
      };
      const result = await endpoint?.execute({
        document: parse(query),
        variables,
        operationName,
        identity: ANONYMOUS,
        requestId: 'req_http',
      });
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result ?? {}));
    })().catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const composed = composeServices(
    subgraphSources(fixture).map(({ name, sdl }) => ({
      name,
      typeDefs: parse(sdl),
      url: `http://127.0.0.1:${port}/${encodeURIComponent(name)}`,
    })),
  );
  if (composed.errors) throw new Error(composed.errors.map(({ message }) => message).join('\n'));
  return {
    supergraphSdl: composed.supergraphSdl,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

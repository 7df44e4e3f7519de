import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DocumentNode, parse } from 'graphql';
import { SchemaExecutor } from '../../platform/subgraph/schema-executor';
import { reportReady } from './peer';
import { type FixtureSubgraph, fixtureSubgraphs } from './shop';

/**
 * The subgraphs every gateway here asks over HTTP: each on a port of its own, all in one process apart from the gateway
 * that is measured. They are as quick as ours get, so that the machine's time goes to the gateways.
 */
async function serve({ name, schema }: FixtureSubgraph): Promise<readonly [string, string]> {
  const executor = new SchemaExecutor(schema);
  const documents = new Map<string, DocumentNode>();
  const answer = async (body: string): Promise<string> => {
    const { query, variables, operationName } = JSON.parse(body) as {
      query: string;
      variables?: Record<string, unknown>;
      operationName?: string;
    };
    const document = documents.get(query) ?? parse(query);
    documents.set(query, document);
    return JSON.stringify(await executor.execute({ document, variables, operationName }));
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer(Buffer.concat(chunks).toString()).then(
        (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(body),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return [name, `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`];
}

Promise.all(fixtureSubgraphs().map(serve)).then(
  (urls) => reportReady(JSON.stringify(Object.fromEntries(urls))),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DocumentNode, execute, type GraphQLSchema, parse, validate } from 'graphql';
import { reportReady } from './peer';
import { fixtureSubgraphs } from './shop';

/**
 * The subgraphs every gateway here asks over HTTP: all of them in one process, apart from the gateway that is measured.
 * Documents are read once, so that the machine's time goes to the gateways.
 */
interface Served {
  readonly schema: GraphQLSchema;
  readonly documents: Map<string, DocumentNode>;
}

const served = new Map<string, Served>(
  fixtureSubgraphs().map(({ name, schema }) => [`/${name}`, { schema, documents: new Map() }]),
);

const server = createServer((request, response) => {
  const target = served.get(request.url ?? '');
  if (!target) return void response.writeHead(404).end();
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    answer(target, Buffer.concat(chunks).toString()).then(
      (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(body),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => reportReady(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));

async function answer({ schema, documents }: Served, body: string): Promise<string> {
  const { query, variables, operationName } = JSON.parse(body) as {
    query: string;
    variables?: Record<string, unknown>;
    operationName?: string;
  };
  let document = documents.get(query);
  if (!document) {
    document = parse(query);
    const faults = validate(schema, document);
    if (faults.length > 0) return JSON.stringify({ errors: faults });
    documents.set(query, document);
  }
  return JSON.stringify(
    await execute({ schema, document, variableValues: variables ?? {}, operationName: operationName ?? null }),
  );
}

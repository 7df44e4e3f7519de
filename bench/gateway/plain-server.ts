import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type DocumentNode, execute, parse, validate } from 'graphql';
import { reportReady } from './peer';
import { OneSchemaContext, oneSchema } from './shop';

/**
 * One graphql-js schema behind the least server there can be: no limits, no origins, no identity, each document read
 * and validated once. What federation and a door cost is what lies above this.
 */
const schema = oneSchema();
const documents = new Map<string, DocumentNode>();

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    answer(Buffer.concat(chunks).toString()).then(
      (body) =>
        response
          .writeHead(200, {
            'content-type': 'application/json; charset=utf-8',
            'content-length': Buffer.byteLength(body),
          })
          .end(body),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => reportReady(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`));

async function answer(body: string): Promise<string> {
  const { query, variables } = JSON.parse(body) as { query: string; variables?: Record<string, unknown> };
  let document = documents.get(query);
  if (!document) {
    document = parse(query);
    const faults = validate(schema, document);
    if (faults.length > 0) return JSON.stringify({ errors: faults });
    documents.set(query, document);
  }
  return JSON.stringify(
    await execute({ schema, document, variableValues: variables ?? {}, contextValue: new OneSchemaContext() }),
  );
}

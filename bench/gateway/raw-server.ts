import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execute, parse } from 'graphql';
import { reportReady } from './peer';
import { OneSchemaContext, oneSchema, WORKLOADS } from './shop';

/** The floor: the bytes of one right answer for each document, sent to whoever asks for it. */
async function main(): Promise<void> {
  const schema = oneSchema();
  const answers = new Map<string, Buffer>();
  for (const { query, variables } of WORKLOADS) {
    const result = await execute({
      schema,
      document: parse(query),
      variableValues: variables[0] ?? {},
      contextValue: new OneSchemaContext(),
    });
    answers.set(query, Buffer.from(JSON.stringify(result)));
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { query } = JSON.parse(Buffer.concat(chunks).toString()) as { query: string };
      const body = answers.get(query);
      if (!body) return void response.writeHead(404).end();
      response
        .writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length })
        .end(body);
    });
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1', () =>
    reportReady(`http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`),
  );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

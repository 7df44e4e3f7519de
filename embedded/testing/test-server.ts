import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connection, createConnection, type mongo } from 'mongoose';
import { type EmbeddedOptions, type EmbeddedServer, startEmbedded } from '../index';

/** A document of any form with a simple key. */
export type Item = mongo.BSON.Document & { _id: number | string };

export interface TestServer {
  readonly dataDir: string;
  readonly server: EmbeddedServer;
  readonly connection: Connection;
  /** Closes the connection, stops the server and removes its files. */
  readonly stop: () => Promise<void>;
}

export function tempDir(): string {
  return mkdtempSync(join(tmpdir(), 'embedded-'));
}

/** A server on an empty directory, with mongoose connected to it as an application would be. */
export async function startTestServer(options: Partial<EmbeddedOptions> = {}): Promise<TestServer> {
  const dataDir = options.dataDir ?? tempDir();
  const server = await startEmbedded({ durability: 'relaxed', ...options, dataDir });
  const connection = await connectTo(server.uri);
  return {
    dataDir,
    server,
    connection,
    stop: async () => {
      await connection.close();
      await server.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export function connectTo(uri: string): Promise<Connection> {
  return createConnection(uri, { dbName: 'test', serverSelectionTimeoutMS: 10_000 }).asPromise();
}

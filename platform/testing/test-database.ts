import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { startEmbedded } from '../../embedded';
import { type Database, openDatabase } from '../mongo/database';

/** An embedded database of a test's own, removed with it. */
export async function openTestDatabase(
  name = 'test',
): Promise<Database & { readonly uri: string; remove(): Promise<void> }> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'kaituan-platform-'));
  const server = await startEmbedded({ dataDir, durability: 'relaxed' });
  const database = await openDatabase(server.uri, name);
  return {
    ...database,
    uri: server.uri,
    async remove() {
      await database.close();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

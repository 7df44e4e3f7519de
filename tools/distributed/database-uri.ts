import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { findRunning } from '../../embedded';
import type { Config } from '../../platform/config/config';
import { CommandError } from '../child-process';

const ATTEMPTS = 40;
const RETRY_MS = 250;

/** MONGODB_URI, else the embedded database that another process serves from this data directory. */
export async function sharedDatabaseUri(config: Config): Promise<string> {
  if (config.mongodbUri !== null) return config.mongodbUri;
  const folder = path.join(config.dataDir, 'db');
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const uri = await findRunning(folder);
    if (uri !== null) return uri;
    await setTimeout(RETRY_MS);
  }
  throw new CommandError(
    `No database answers. Set MONGODB_URI, or start one first: npm run embedded -- serve --data ${folder}`,
  );
}

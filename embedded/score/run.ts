import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { mongo } from 'mongoose';
import { startEmbedded } from '../index';
import { type CaseResult, CaseRunner } from './case-runner';
import { readFolder } from './suite';

const FOLDERS = [
  'crud',
  'transactions',
  'transactions-convenient-api',
  'sessions',
  'retryable-writes',
  'retryable-reads',
  'collection-management',
  'index-management',
  'change-streams',
];
const DEFAULT_SUITE = join(__dirname, '..', '..', '..', 'shared', 'suites', 'mongodb-specifications');

const USAGE = `node --import tsx embedded/score/run.ts --suite DIR [--folder NAME] [--test TEXT] [--failures] [--skips]
Runs the unified-format cases of github.com/mongodb/specifications (the folders of its source/) against the embedded server.`;

/** Prints passed, failed and skipped cases per folder. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      suite: { type: 'string' },
      folder: { type: 'string', multiple: true },
      test: { type: 'string' },
      failures: { type: 'boolean' },
      skips: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const suite = values.suite ?? DEFAULT_SUITE;
  if (values.help || !existsSync(suite)) {
    console.log(`${USAGE}\n${existsSync(suite) ? '' : `There is no folder ${suite}.`}`);
    process.exitCode = values.help ? 0 : 1;
    return;
  }
  const dataDir = mkdtempSync(join(tmpdir(), 'embedded-score-'));
  const server = await startEmbedded({ dataDir, durability: 'relaxed' });
  const own = await mongo.MongoClient.connect(server.uri);
  const { version } = await own.db('admin').command({ buildInfo: 1 });
  const runner = new CaseRunner(server.uri, own, version);
  console.log('folder'.padEnd(30), 'passed'.padStart(7), 'failed'.padStart(7), 'skipped'.padStart(8));
  for (const folder of values.folder ?? FOLDERS) {
    const results: CaseResult[] = [];
    for (const file of readFolder(suite, folder)) {
      for (const test of file.tests) {
        if (values.test === undefined || `${file.name} ${test.description}`.includes(values.test))
          results.push(await runner.run(file, test));
      }
    }
    const count = (outcome: CaseResult['outcome']) => results.filter((result) => result.outcome === outcome).length;
    console.log(
      folder.padEnd(30),
      String(count('passed')).padStart(7),
      String(count('failed')).padStart(7),
      String(count('skipped')).padStart(8),
    );
    for (const { file, test, outcome, reason } of results) {
      if ((outcome === 'failed' && values.failures) || (outcome === 'skipped' && values.skips))
        console.log(`  ${outcome} ${file}: ${test}\n      ${reason}`);
    }
  }
  await own.close();
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});

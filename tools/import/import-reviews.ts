import { existsSync } from 'node:fs';
import path from 'node:path';
import { Command } from 'commander';
import { accounts } from '../../subgraphs/accounts';
import { catalog, ImportFileError } from '../../subgraphs/catalog';
import { content } from '../../subgraphs/content';
import { openData } from '../data-access';
import { EXIT_HELP, RowsRefused } from './exit';
import { createProgress } from './progress';
import { reportRefusals } from './report';
import { importReviewFile } from './review-file';

interface Options {
  readonly source: string;
  readonly dataDir?: string;
  readonly report?: string;
}

export function importReviews(): Command {
  return new Command('reviews')
    .description(
      'Brings in reviews from a CSV file (.csv or .csv.gz, UTF-8) with the columns sku, rating, title, review and reviewer, and if you like date (ISO 8601) and id. A SKU is that of a variant or the beginning of its variants\' SKUs ("MH01" of "MH01-XS-Black"). The same file twice changes nothing.',
    )
    .argument('<file>', 'the CSV file')
    .option('--source <name>', 'the system the reviews come from; with the id it makes a review known', 'csv')
    .option('--data-dir <folder>', 'the data directory (default: DATA_DIR, else .data)')
    .option('--report <file>', 'write every refused row with its reason to this CSV file')
    .addHelpText('after', EXIT_HELP)
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  if (!existsSync(file)) throw new ImportFileError(`There is no file ${file}. Check the path.`);
  const data = await openData({ accounts, catalog, content }, { dataDir: options.dataDir });
  const progress = createProgress();
  const started = performance.now();
  try {
    const { running } = data.runtime;
    const summary = await importReviewFile(
      path.resolve(file),
      {
        source: options.source,
        now: new Date(),
        findProductIds: (skus) => running.catalog.services.products.findIdsBySku(skus),
        importRows: (rows) => running.content.services.reviewImport.importRows(rows),
      },
      (bytes, total, rows) => progress.update(bytes, total, `${rows} reviews`),
    );
    progress.stop();
    const { rows, created, unchanged, refusals } = summary;
    console.log(
      [
        `${path.basename(file)}: ${rows} rows in ${((performance.now() - started) / 1000).toFixed(1)} s, into ${data.place}`,
        `  reviews: ${created} created, ${unchanged} unchanged, ${refusals.length} refused`,
      ].join('\n'),
    );
    await reportRefusals(refusals, options.report);
    if (refusals.length > 0) throw new RowsRefused();
  } finally {
    progress.stop();
    await data.close();
  }
}

import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { Command } from 'commander';
import { stringify } from 'csv-stringify';
import { catalog, DEFAULT_LOCATION, ImportFileError, type ProductExport } from '../../subgraphs/catalog';
import { openData } from '../data-access';
import { EXIT_HELP } from './exit';
import { createProgress } from './progress';

interface Options {
  readonly location: string;
  readonly dataDir?: string;
}

export function exportProducts(): Command {
  return new Command('products')
    .description(
      'Writes all products, drafts and archived ones too, as a Shopify product CSV. Importing the file again changes nothing.',
    )
    .argument('<file>', 'the CSV file; a name that ends in .gz makes it a gzip file')
    .option('--location <name>', 'place whose stock stands in Variant Inventory Qty', DEFAULT_LOCATION)
    .option('--data-dir <folder>', 'the data directory (default: DATA_DIR, else .data)')
    .addHelpText('after', EXIT_HELP)
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const data = await openData({ catalog }, { dataDir: options.dataDir });
  const progress = createProgress();
  try {
    const opened = await data.runtime.running.catalog.services.productExport.open(options.location);
    const written = await writeExport(file, opened, (products) =>
      progress.update(products, opened.totalProducts, `${products} products`),
    );
    progress.stop();
    console.log(`${file}: ${written.products} products, ${written.rows} rows`);
  } finally {
    progress.stop();
    await data.close();
  }
}

/** Writes beside the file and puts it in place when it is whole: a broken export leaves the old file as it was. */
async function writeExport(
  file: string,
  opened: ProductExport,
  onProducts: (products: number) => void,
): Promise<{ readonly products: number; readonly rows: number }> {
  const partial = `${file}.partial`;
  const written = { products: 0, rows: 0 };
  async function* lines(): AsyncGenerator<readonly string[]> {
    yield opened.columns;
    for await (const { rows, products } of opened.batches()) {
      yield* rows;
      written.products += products;
      written.rows += rows.length;
      onProducts(written.products);
    }
  }
  const target = createWriteStream(partial);
  const stages = file.endsWith('.gz') ? [createGzip(), target] : [target];
  try {
    await pipeline([Readable.from(lines()), stringify(), ...stages]);
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw new ImportFileError(
      `${file} could not be written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return written;
}

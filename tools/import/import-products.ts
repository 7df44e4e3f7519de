import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { catalog, DEFAULT_LOCATION, ImportFileError, type ProductImportSummary } from '../../subgraphs/catalog';
import { openData } from '../data-access';
import { EXIT_HELP, RowsRefused } from './exit';
import { createProgress } from './progress';
import { reportRefusals } from './report';

interface Options {
  readonly currency?: string;
  readonly defaultStock: number;
  readonly images?: string;
  readonly location: string;
  readonly dataDir?: string;
  readonly report?: string;
}

export function importProducts(): Command {
  return new Command('products')
    .description(
      'Brings in products from a Shopify product CSV (.csv or .csv.gz, UTF-8). Products are known by Handle, variants by SKU and then by option values: the same file twice changes nothing. An interrupted import goes on where it was when the same command is run again. A bad row refuses its product and nothing else.',
    )
    .argument('<file>', 'the CSV file')
    .option('--currency <code>', 'ISO 4217 currency of the prices (default: CURRENCY, else HKD)', readCurrency)
    .option('--default-stock <n>', 'stock of new variants whose Variant Inventory Qty is empty', readWholeNumber, 0)
    .option('--images <folder>', 'folder of the files that Image Src and Variant Image name; they are copied')
    .option('--location <name>', 'place that holds the stock; made when there is none', DEFAULT_LOCATION)
    .option('--data-dir <folder>', 'the data directory (default: DATA_DIR, else .data)')
    .option('--report <file>', 'write every refused row with its reason to this CSV file')
    .addHelpText(
      'after',
      `
Variants the file does not mention stay. A quantity in the file counts when it is new or other than in the last file
that gave one: importing again does not bring back what was sold since.
The category is Product Category; where that is empty, the path in the tags when they spell it in English and then in
Chinese and the English part ends with Type; else Type.
${EXIT_HELP}`,
    )
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  if (options.images !== undefined && !isFolder(options.images)) {
    throw new ImportFileError(`${options.images} is not a folder. Name the folder of the image files.`);
  }
  // Before the database is opened: a wrong path is the commonest mistake.
  if (!existsSync(file)) throw new ImportFileError(`There is no file ${file}. Check the path.`);
  const data = await openData({ catalog }, { dataDir: options.dataDir });
  const progress = createProgress();
  const started = performance.now();
  try {
    const summary = await data.runtime.running.catalog.services.productImport.run(
      {
        file: path.resolve(file),
        currencyCode: options.currency ?? data.config.currencyCode,
        defaultStock: options.defaultStock,
        images: options.images === undefined ? null : path.resolve(options.images),
        location: options.location,
      },
      ({ bytes, totalBytes, products }) => progress.update(bytes, totalBytes, `${products} products`),
    );
    progress.stop();
    console.log(summaryText(file, summary, (performance.now() - started) / 1000, data.place));
    await reportRefusals(summary.refusals, options.report);
    if (summary.refusals.length > 0) throw new RowsRefused();
  } finally {
    progress.stop();
    await data.close();
  }
}

function summaryText(file: string, summary: ProductImportSummary, seconds: number, place: string): string {
  const { created, updated, unchanged, refusedProducts, variants, images, rows } = summary;
  return [
    `${path.basename(file)}: ${rows} rows in ${seconds.toFixed(1)} s, into ${place}`,
    ...(summary.resumed ? ['  went on where the last run had ended; counts include it'] : []),
    `  products: ${created} created, ${updated} updated, ${unchanged} unchanged, ${refusedProducts} refused (${variants} variants)`,
    ...(images > 0 ? [`  images: ${images} files`] : []),
    ...(summary.refusals.length > 0 ? [`  faults: ${summary.refusals.length}`] : []),
  ].join('\n');
}

function isFolder(name: string): boolean {
  return existsSync(name) && statSync(name).isDirectory();
}

export function readCurrency(text: string): string {
  if (!/^[A-Z]{3}$/.test(text)) throw new InvalidArgumentError('A currency is three capital letters, for example HKD.');
  return text;
}

export function readWholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Write a whole number of 0 or more.');
  return Number(text);
}

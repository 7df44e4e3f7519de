import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { startEmbedded } from '../../embedded';
import { runCommand } from './exit';
import { importProducts } from './import-products';
import { importReviews } from './import-reviews';

const ROOT = path.resolve(__dirname, '../..');

const PRODUCTS = `Handle,Title,Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Price,Variant Inventory Qty
hoodie,Hoodie,Luma,Size,S,MH01-S,52,10
hoodie,,,,M,MH01-M,52,
milk,Milk,,,,MILK,free,
bread,Bread,,,,BREAD,12.5,
`;

const REVIEWS = `sku,rating,title,review,reviewer
MH01,5,Warm,"Warm, and soft.",Ann
MH01-M,4,Good,Good one.,Bob
BAG,5,Nice,Nice bag.,Cy
MH01,7,Odd,Too many stars.,Di
`;

interface Outcome {
  readonly status: number;
  readonly output: string;
}

describe('the import and export commands', () => {
  let folder = '';
  const inFolder = (name: string) => path.join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'kaituan-commands-'));
    await writeFile(inFolder('products.csv'), PRODUCTS);
    await writeFile(inFolder('reviews.csv'), REVIEWS);
  });
  afterAll(() => rm(folder, { recursive: true }));

  function command(tool: 'import' | 'export', ...args: string[]): Promise<Outcome> {
    const env = { PATH: process.env['PATH'], NODE_ENV: 'test', DATA_DIR: inFolder('data') };
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        ['--import', 'tsx', path.join('tools', `${tool}.ts`), ...args],
        { cwd: ROOT, env },
        (error, stdout, stderr) =>
          resolve({ status: error ? Number(error.code ?? -1) : 0, output: `${stdout}${stderr}` }),
      );
    });
  }

  it('should bring in products, tell of refused rows, and change nothing the second time', async () => {
    const args = ['products', inFolder('products.csv'), '--default-stock', '7', '--report', inFolder('report.csv')];
    const first = await command('import', ...args);
    expect(first.output).toContain('products: 2 created, 0 updated, 0 unchanged, 1 refused (3 variants)');
    expect(first.output).toContain('row 4, Variant Price "free": "free" is not a decimal amount.');
    expect(first.status).toBe(1);
    expect(await readFile(inFolder('report.csv'), 'utf8')).toBe(
      'Row,Handle,Column,Value,Problem,What to do\n' +
        '4,milk,Variant Price,free,"""free"" is not a decimal amount.","Write a plain decimal such as 12.50, without currency or commas."\n',
    );
    const second = await command('import', ...args);
    expect(second.output).toContain('products: 0 created, 0 updated, 2 unchanged, 1 refused');
    expect(second.status).toBe(1);
  });

  it('should write an export whose import changes nothing', async () => {
    const written = await command('export', 'products', inFolder('out.csv.gz'));
    expect(written).toEqual({ status: 0, output: `${inFolder('out.csv.gz')}: 2 products, 3 rows\n` });
    const again = await command('import', 'products', inFolder('out.csv.gz'));
    expect(again.output).toContain('products: 0 created, 0 updated, 2 unchanged, 0 refused');
    expect(again.status).toBe(0);
  });

  it('should bring in reviews of products it knows and say which it does not', async () => {
    const args = ['reviews', inFolder('reviews.csv'), '--source', 'luma'];
    const first = await command('import', ...args);
    expect(first.output).toContain('reviews: 2 created, 0 unchanged, 2 refused');
    expect(first.output).toContain('row 4, sku "BAG": No product has this SKU');
    expect(first.status).toBe(1);
    const second = await command('import', ...args);
    expect(second.output).toContain('reviews: 0 created, 2 unchanged, 2 refused');
  });

  it('should count a review that stands twice once', async () => {
    const review = 'MH01,5,Twice,Said twice.,Ed\n';
    await writeFile(inFolder('twice.csv'), `sku,rating,title,review,reviewer\n${review}${review}`);
    const outcome = await command('import', 'reviews', inFolder('twice.csv'));
    expect(outcome.output).toContain('reviews: 1 created, 1 unchanged, 0 refused');
    expect(outcome.status).toBe(0);
    const wrong = await command('import', 'reviews', inFolder('products.csv'));
    expect(wrong.output).toContain('lacks the columns sku, rating, title, review, reviewer');
    expect(wrong.status).toBe(2);
  });

  it('should work beside a running server', async () => {
    const server = await startEmbedded({ dataDir: inFolder('data/db'), durability: 'relaxed' });
    try {
      const beside = await command('import', 'products', inFolder('products.csv'));
      expect(beside.output).toContain(`into ${inFolder('data')} (through the running server)`);
      expect(beside.output).toContain('2 unchanged');
    } finally {
      await server.stop();
    }
  });

  const shared = path.resolve(ROOT, '../shared/data/catalog');
  (existsSync(shared) ? it : it.skip)('should bring in the shared reviews with the shared apparel', async () => {
    const where = ['--data-dir', inFolder('apparel')];
    const products = await command('import', 'products', path.join(shared, 'shopify-luma-apparel.csv.gz'), ...where);
    expect(products.output).toContain('products: 147 created, 0 updated, 0 unchanged, 0 refused (1847 variants)');
    expect(products.status).toBe(0);
    const reviews = await command('import', 'reviews', path.join(shared, 'luma-product-reviews.csv.gz'), ...where);
    // The file also reviews bags, socks and others that the apparel catalogue does not have.
    expect(reviews.output).toContain('reviews: 269 created, 0 unchanged, 231 refused');
    expect(reviews.output).toContain('row 2, sku "24-MB01"; row 3, sku "24-MB01"');
  });
});

describe('the command line of the import', () => {
  async function run(...args: string[]): Promise<Outcome> {
    let output = '';
    const write = (text: string) => {
      output += text;
    };
    const said = jest.spyOn(console, 'error').mockImplementation((text: string) => write(text));
    const parts = [importProducts(), importReviews()];
    for (const part of parts) part.configureOutput({ writeOut: write, writeErr: write });
    const [products, reviews] = parts;
    if (!products || !reviews) throw new Error('Both commands are there.');
    const status = await runCommand(new Command('import').addCommand(products).addCommand(reviews), args);
    said.mockRestore();
    return { status, output };
  }
  const file = path.join(ROOT, 'package.json');

  it.each([
    ['a file that is not there', ['products', 'none.csv'], 2, 'There is no file none.csv'],
    ['reviews that are not there', ['reviews', 'none.csv'], 2, 'There is no file none.csv'],
    ['no file', ['products'], 2, "missing required argument 'file'"],
    ['a currency in words', ['products', file, '--currency', 'dollars'], 2, 'three capital letters'],
    ['a negative stock', ['products', file, '--default-stock', '-1'], 2, 'whole number of 0 or more'],
    ['no folder of images', ['products', file, '--images', 'none'], 2, 'none is not a folder'],
    ['a data directory that is a file', ['products', file, '--data-dir', file], 69, '--data-dir'],
    ['help', ['products', '--help'], 0, '--report <file>'],
  ])('should say what to do about %s', async (_case, args, status, text) => {
    const outcome = await run(...args);
    expect(outcome.output).toContain(text);
    expect(outcome.status).toBe(status);
  });
});

import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { newId } from '../../../platform/ids/id';
import {
  type CatalogHarness,
  clearProducts,
  connection,
  eventsOf,
  givenProduct,
  givenStock,
  hkd,
  shopper,
  startCatalog,
} from '../testing';
import type { ProductImportOptions, ProductImportSummary } from './product-import.service';

type Cells = Record<string, string>;

/** One pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('importing products', () => {
  let catalog: CatalogHarness;
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'kaituan-import-'));
    catalog = await startCatalog({ dataDir: path.join(folder, 'data') });
  });
  afterEach(clearProducts);
  afterAll(async () => {
    await catalog.stop();
    await rm(folder, { recursive: true });
  });

  async function csvFile(rows: Cells[], name = 'products.csv'): Promise<string> {
    const columns = [...new Set(rows.flatMap((cells) => Object.keys(cells)))];
    const file = path.join(folder, name);
    await writeFile(file, stringify([columns, ...rows.map((cells) => columns.map((column) => cells[column] ?? ''))]));
    return file;
  }
  const options = (file: string): ProductImportOptions => ({
    file,
    currencyCode: 'HKD',
    defaultStock: 0,
    images: null,
    location: 'Main',
  });
  const run = async (rows: Cells[], change: Partial<ProductImportOptions> = {}): Promise<ProductImportSummary> =>
    catalog.services.productImport.run({ ...options(await csvFile(rows)), ...change });
  const product = (handle: string) => catalog.services.products.findByHandle(handle, 'SHOP');
  async function variantsOf(handle: string) {
    const found = await product(handle);
    return found ? catalog.services.products.findVariantsOf([found.id]) : [];
  }
  async function stockOf(handle: string): Promise<number[]> {
    const variants = await variantsOf(handle);
    const levels = await catalog.services.stock.levelsOf(variants.map(({ id }) => id));
    return variants.map(({ id }) => levels.find(({ variantId }) => variantId === id)?.onHand ?? -1);
  }

  const milk: Cells = {
    Handle: 'milk',
    Title: 'Milk',
    'Variant SKU': 'M',
    'Variant Price': '10',
    'Variant Inventory Qty': '100',
  };
  const hoodie: Cells[] = [
    {
      Handle: 'hoodie',
      Title: 'Hoodie',
      'Option1 Name': 'Size',
      'Option1 Value': 'S',
      'Variant SKU': 'H-S',
      'Variant Price': '52',
    },
    { Handle: 'hoodie', 'Option1 Value': 'M', 'Variant SKU': 'H-M', 'Variant Price': '54' },
  ];

  it('should create products, then change nothing, then only what is new', async () => {
    const first = await run([milk, ...hoodie], { defaultStock: 7 });
    expect(first).toMatchObject({
      created: 2,
      updated: 0,
      unchanged: 0,
      variants: 3,
      rows: 3,
      products: 2,
      refusals: [],
      resumed: false,
    });
    const before = await product('hoodie');
    const ids = (await variantsOf('hoodie')).map(({ id }) => id);
    expect(await stockOf('milk')).toEqual([100]);
    expect(await stockOf('hoodie')).toEqual([7, 7]);

    catalog.clock.advance(60_000);
    const second = await run([milk, ...hoodie], { defaultStock: 7 });
    expect(second).toMatchObject({ created: 0, updated: 0, unchanged: 2, resumed: false });
    expect(await product('hoodie')).toEqual(before);

    const third = await run([milk, hoodie[0] ?? {}, { ...hoodie[1], 'Variant Price': '55' }], { defaultStock: 7 });
    expect(third).toMatchObject({ created: 0, updated: 1, unchanged: 1 });
    expect((await variantsOf('hoodie')).map(({ id }) => id)).toEqual(ids);
    const { id = '' } = before ?? {};
    expect((await eventsOf(id)).map(({ sequence }) => sequence)).toEqual([1, 2]);
    const search = await catalog.graph(
      '{ products(first: 5, query: "hoodie", filter: { available: true }) { nodes { id priceRange { max { amount } } } } }',
    );
    expect(search.data.products.nodes).toEqual([{ id, priceRange: { max: { amount: '55.00' } } }]);
  });

  it('should refuse bad products with every reason, and bring in the rest', async () => {
    const rows = [
      milk,
      { Handle: 'bad', Title: '', 'Variant Price': 'ten' },
      { Handle: 'bread', Title: 'Bread', 'Variant Price': '12.5' },
      { Handle: 'milk', Title: 'Milk again', 'Variant Price': '1' },
    ];
    const summary = await run(rows);
    expect(summary).toMatchObject({ created: 2, refusedProducts: 2, products: 4 });
    expect(summary.refusals.map(({ row, handle, column, value }) => [row, handle, column, value])).toEqual([
      [3, 'bad', 'Variant Price', 'ten'],
      [3, 'bad', 'Title', ''],
      [5, 'milk', 'Handle', 'milk'],
    ]);
    expect(summary.refusals.every(({ problem, remedy }) => problem !== '' && remedy !== '')).toBe(true);
    expect((await product('milk'))?.title).toBe('Milk');
    expect(await product('bad')).toBeNull();
  });

  it('should go on where a killed import had ended, and count as if it had not been killed', async () => {
    const rows = Array.from({ length: 250 }, (_, index) => ({
      Handle: `p-${index}`,
      Title: index === 20 || index === 220 ? '' : `Product ${index}`,
      'Variant Price': '1.00',
    }));
    const file = await csvFile(rows);
    const killed = catalog.services.productImport.run(options(file), ({ products }) => {
      if (products >= 200) throw new Error('killed');
    });
    await expect(killed).rejects.toThrow('killed');
    expect(await product('p-199')).not.toBeNull();
    expect(await product('p-200')).toBeNull();
    const untouched = (await product('p-10'))?.id;

    const resumed = await catalog.services.productImport.run(options(file));
    expect(resumed).toMatchObject({
      resumed: true,
      created: 248,
      updated: 0,
      unchanged: 0,
      refusedProducts: 2,
      products: 250,
    });
    expect(resumed.refusals.map(({ handle }) => handle)).toEqual(['p-20', 'p-220']);
    expect((await product('p-10'))?.id).toBe(untouched);

    const again = await catalog.services.productImport.run(options(file));
    expect(again).toMatchObject({ resumed: false, created: 0, unchanged: 248, refusedProducts: 2 });
  });

  it('should start over for other options or another content', async () => {
    const rows = Array.from({ length: 150 }, (_, index) => ({
      Handle: `p-${index}`,
      Title: 'P',
      'Variant Price': '1',
    }));
    const file = await csvFile(rows);
    const killed = catalog.services.productImport.run(options(file), () => {
      throw new Error('killed');
    });
    await expect(killed).rejects.toThrow('killed');
    expect(await catalog.services.productImport.run({ ...options(file), defaultStock: 5 })).toMatchObject({
      resumed: false,
      created: 50,
      unchanged: 100,
    });
  });

  it('should leave the same data when two imports of one file run at once', async () => {
    const rows = Array.from({ length: 120 }, (_, index) => ({ ...milk, Handle: `p-${index}` }));
    const file = await csvFile(rows);
    const both = await Promise.all([1, 2].map(() => catalog.services.productImport.run(options(file))));
    expect(both.map(({ created }) => created).reduce((sum, created) => sum + created)).toBe(120);
    const names = ['products', 'product_variants', 'stock_levels', 'stock_adjustments', 'product_listings'];
    const counts = await Promise.all(names.map((name) => connection().collection(name).countDocuments()));
    expect(counts).toEqual([120, 120, 120, 120, 120]);
  });

  describe('stock', () => {
    it('should not bring back what was sold since the same file', async () => {
      await run([milk]);
      const [variant] = await variantsOf('milk');
      await givenStock(catalog, variant?.id ?? '', -3);
      expect(await run([milk])).toMatchObject({ updated: 0, unchanged: 1 });
      expect(await stockOf('milk')).toEqual([97]);
      expect(await run([{ ...milk, 'Variant Inventory Qty': '120' }])).toMatchObject({ updated: 1 });
      expect(await stockOf('milk')).toEqual([120]);
    });

    it('should be logged', async () => {
      await run([milk]);
      await run([{ ...milk, 'Variant Inventory Qty': '80' }]);
      const [variant] = await variantsOf('milk');
      const log = await catalog.services.stock.adjustments(variant?.id ?? '', { first: 5, after: null });
      expect(log.nodes.map(({ delta, reason }) => [delta, reason])).toEqual([
        [-20, 'import'],
        [100, 'import'],
      ]);
    });

    it('should not fall below what orders hold', async () => {
      await run([milk]);
      const [variant] = await variantsOf('milk');
      const lines = [{ variantId: variant?.id ?? '', quantity: 30 }];
      await catalog.services.reservations.reserve({
        orderId: newId('ord'),
        expiresAt: new Date(catalog.clock.now().getTime() + 60_000),
        lines,
      });
      const summary = await run([{ ...milk, Title: 'Changed', 'Variant Inventory Qty': '20' }]);
      expect(summary).toMatchObject({ updated: 0, refusedProducts: 1 });
      expect(summary.refusals).toEqual([
        {
          row: 2,
          handle: 'milk',
          column: 'Variant Inventory Qty',
          value: '20',
          problem: 'Orders hold 30 of this variant.',
          remedy: 'Write 30 or more, or wait until those orders are done.',
        },
      ]);
      expect((await product('milk'))?.title).toBe('Milk');
    });

    it('should lie at the location that was named', async () => {
      await run([milk], { location: 'Tai Koo' });
      const [variant] = await variantsOf('milk');
      const [level] = await catalog.services.stock.levelsOf([variant?.id ?? '']);
      const { id } = await catalog.services.stock.ensureLocation('Tai Koo');
      expect(level).toMatchObject({ locationId: id, onHand: 100 });
    });
  });

  it('should keep variants the file does not mention, and refuse a second currency for them', async () => {
    await run(hoodie);
    expect(await run(hoodie.slice(0, 1))).toMatchObject({ unchanged: 1 });
    expect((await variantsOf('hoodie')).map(({ sku }) => sku)).toEqual(['H-S', 'H-M']);
    const foreign = await run(hoodie.slice(0, 1), { currencyCode: 'USD' });
    expect(foreign).toMatchObject({ updated: 0, refusedProducts: 1 });
    expect(foreign.refusals[0]?.problem).toBe('All prices of a product are in one currency; these are in USD, HKD.');
  });

  it('should change products that were made by hand', async () => {
    const { product: made } = await givenProduct(catalog, {
      handle: 'milk',
      title: 'Hand-made',
      variants: [{ price: hkd('1.00') }],
    });
    expect(await run([milk])).toMatchObject({ created: 0, updated: 1 });
    expect(await product('milk')).toMatchObject({ id: made.id, title: 'Milk' });
  });

  describe('images', () => {
    it('should be copied and measured when they are in the folder, and stay as given when not', async () => {
      const images = path.join(folder, 'images');
      await mkdir(path.join(images, 'm'), { recursive: true });
      await writeFile(path.join(images, 'm', 'front view.png'), PNG);
      await writeFile(path.join(images, 'note.html'), '<script>');
      await writeFile(path.join(folder, 'secret.png'), PNG);
      await symlink(path.join(folder, 'secret.png'), path.join(images, 'link.png'));
      const sources = [
        'images/m/front view.png',
        'https://example.com/a.png',
        '../secret.png',
        'link.png',
        'note.html',
        'gone.png',
      ];
      const rows = sources.map((src, index) => ({
        ...(index === 0 ? milk : { Handle: 'milk' }),
        'Image Src': src,
        'Variant Image': index === 0 ? src : '',
      }));
      const summary = await run(rows, { images });
      expect(summary.images).toBe(1);
      expect((await product('milk'))?.images.map(({ url, width, height }) => [url, width, height])).toEqual([
        ['/images/m/front%20view.png', 1, 1],
        ...sources.slice(1).map((src) => [src, null, null]),
      ]);
      expect((await variantsOf('milk'))[0]?.image).toMatchObject({ url: '/images/m/front%20view.png', width: 1 });
      expect(await readFile(path.join(folder, 'data', 'images', 'm', 'front view.png'))).toEqual(PNG);
      expect(await run(rows)).toMatchObject({ unchanged: 1 });
      const { data } = await catalog.graph(
        '{ product(handle: "milk") { images(first: 1) { nodes { url altText width height } pageInfo { hasNextPage } } } }',
        {},
        shopper,
      );
      expect(data.product.images).toEqual({
        nodes: [{ url: '/images/m/front%20view.png', altText: null, width: 1, height: 1 }],
        pageInfo: { hasNextPage: true },
      });
    });
  });

  describe('the export', () => {
    it('should change nothing when it is imported, and carry columns it does not know', async () => {
      await run([
        {
          ...milk,
          'Body (HTML)': '<p>"White",\ncold</p>',
          Tags: 'a, b, a',
          Vendor: 'V',
          Type: 'Drink',
          'Gift Card': 'FALSE',
          'Variant Taxable': 'TRUE',
          'My.Column': '$x',
          'Image Src': 'a.jpg',
          'Image Alt Text': 'A',
        },
        { Handle: 'milk', 'Image Src': 'b.jpg' },
        ...hoodie.map((cells) => ({
          ...cells,
          Published: cells['Title'] ? 'FALSE' : '',
          Status: cells['Title'] ? 'draft' : '',
        })),
      ]);
      await givenStock(catalog, (await variantsOf('milk'))[0]?.id ?? '', -1);
      const first = await exported('first.csv');
      expect(first).toMatchObject([
        {
          Handle: 'milk',
          'Variant Price': '10.00',
          'Variant Inventory Qty': '99',
          'My.Column': '$x',
          'Variant Taxable': 'TRUE',
          'Image Src': 'a.jpg',
          Status: 'active',
          Tags: 'a, b, a',
        },
        { Handle: 'milk', Title: '', 'Variant Price': '', 'Image Src': 'b.jpg', 'Image Position': '2' },
        { Handle: 'hoodie', 'Option1 Name': 'Size', 'Option1 Value': 'S', Published: 'FALSE', Status: 'draft' },
        { Handle: 'hoodie', 'Option1 Name': '', 'Option1 Value': 'M' },
      ]);
      const before = await connection().collection('products').find().toArray();
      const summary = await catalog.services.productImport.run(options(path.join(folder, 'first.csv')));
      expect(summary).toMatchObject({ created: 0, updated: 0, unchanged: 2, refusals: [] });
      expect(await connection().collection('products').find().toArray()).toEqual(before);
      expect(await exported('second.csv')).toEqual(first);
    });

    async function exported(name: string): Promise<Cells[]> {
      const { columns, batches } = await catalog.services.productExport.open('Main');
      const rows: Cells[] = [];
      for await (const batch of batches()) {
        for (const cells of batch.rows) {
          rows.push(Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])));
        }
      }
      await csvFile(rows, name);
      return rows;
    }
  });
});

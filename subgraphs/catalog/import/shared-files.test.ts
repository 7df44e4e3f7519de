import { existsSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'graphql';
import { type CatalogHarness, shopper, startCatalog } from '../testing';

const FOLDER = path.resolve(__dirname, '../../../../shared/data/catalog');
const here = existsSync(FOLDER);
if (!here) console.warn(`Skipped: the shared catalogues are not at ${FOLDER}.`);

const SEARCH = `query($query: String!, $first: Int!) { products(first: $first, query: $query) {
  totalCount
  nodes {
    id handle title vendor productType priceRange { min { amount } max { amount } } images(first: 3) { nodes { url } }
    variants(first: 5) { nodes { id sku title price { amount currencyCode } availability { state lowCount } } }
    category { path }
  }
} }`;

(here ? describe : describe.skip)('the shared catalogues', () => {
  let catalog: CatalogHarness;
  beforeAll(async () => {
    catalog = await startCatalog();
  }, 30_000);
  afterAll(() => catalog.stop());

  const run = (name: string, images: string | null = null) =>
    catalog.services.productImport.run({
      file: path.join(FOLDER, name),
      currencyCode: 'HKD',
      defaultStock: 1000,
      images,
      location: 'Main',
    });
  const search = async (query: string, first = 100) => (await catalog.graph(SEARCH, { query, first })).data.products;

  it('should take the grocery catalogue whole, and then find nothing new in it', async () => {
    const whole = { products: 2299, variants: 2556, rows: 2556, refusals: [] };
    expect(await run('shopify-hk-grocery.csv.gz')).toMatchObject({ ...whole, created: 2299, updated: 0, unchanged: 0 });
    expect(await run('shopify-hk-grocery.csv.gz')).toMatchObject({ ...whole, created: 0, updated: 0, unchanged: 2299 });
  }, 120_000);

  it('should find the 76 products of 牛奶, the milks before what only tastes of milk', async () => {
    const { totalCount, nodes } = await search('牛奶');
    expect(totalCount).toBe(76);
    const dairy = nodes.map(
      ({ category }: { category: { path: string[] } }) => category.path[1] === 'Milk / Milk drinks',
    );
    expect(dairy.slice(0, 60)).toEqual(Array.from({ length: 60 }, () => true));
    expect(dairy.slice(60).some(Boolean)).toBe(false);
    expect(nodes[0].category.path[2]).toBe('Chilled fresh milk/milk drinks');
    expect(nodes.slice(-2).map(({ vendor }: { vendor: string }) => vendor)).toEqual(["Johnson's", "Johnson's"]);
  });

  it('should find what is both oat and milk, the oat drink before biscuits for babies', async () => {
    const { totalCount, nodes } = await search('oat milk');
    expect(totalCount).toBe(3);
    expect(nodes[0].handle).toBe('vitasoy-calci-plus-hi-calcium-soya-oat-healthy-drink-oat-flavour-250ml-x-6');
  });

  it('should have stock, prices and categories', async () => {
    const { nodes } = await search('kowloon dairy fresh milk ');
    const milk = nodes.find(({ handle }: { handle: string }) => handle === 'kowloon-dairy-100-fresh-milk');
    expect(milk.variants.nodes).toHaveLength(2);
    expect(milk.variants.nodes[0]).toMatchObject({
      price: { currencyCode: 'HKD' },
      availability: { state: 'IN_STOCK', lowCount: null },
    });
    expect(milk.category.path).toEqual([
      'Dairy / Soy products / Eggs',
      'Milk / Milk drinks',
      'Chilled fresh milk/milk drinks',
    ]);
  });

  it('should be read in Chinese by those who prefer it', async () => {
    const title = async (languages: string[]) => {
      const { data } = await catalog.subgraph.execute({
        document: parse('{ product(handle: "kowloon-dairy-100-fresh-milk-236ml") { title category { name } } }'),
        identity: shopper,
        requestId: 'req_1',
        languages,
      });
      return JSON.parse(JSON.stringify(data)).product;
    };
    expect(await title(['zh-HK', 'en'])).toEqual({
      title: '維記 鮮牛奶 236毫升',
      category: { name: '低温冷藏鲜奶/牛奶饮品' },
    });
    expect(await title(['zh-CN'])).toMatchObject({ title: '维记 鲜牛奶 236毫升' });
    expect(await title([])).toEqual({
      title: '100 %Fresh Milk 236mL',
      category: { name: 'Chilled fresh milk/milk drinks' },
    });
  });

  it('should take the apparel catalogue with its images', async () => {
    const summary = await run('shopify-luma-apparel.csv.gz', path.join(FOLDER, 'images'));
    expect(summary).toMatchObject({ created: 147, variants: 1847, rows: 1847, images: 91, refusals: [] });
    const { data } = await catalog.graph(
      '{ product(handle: "chaz-kangeroo-hoodie") { images(first: 3) { nodes { url altText width height } } variants(first: 1) { totalCount nodes { options { name value } } } } }',
    );
    expect(data.product.variants).toEqual({
      totalCount: 15,
      nodes: [
        {
          options: [
            { name: 'Size', value: 'XS' },
            { name: 'Color', value: 'Black' },
          ],
        },
      ],
    });
    expect(data.product.images.nodes[0]).toEqual({
      url: '/images/m/h/mh01-gray_main.jpg',
      altText: 'Chaz Kangeroo Hoodie',
      width: expect.any(Number),
      height: expect.any(Number),
    });
    expect(data.product.images.nodes[1].width).toBeNull();
    expect(await run('shopify-luma-apparel.csv.gz')).toMatchObject({ created: 0, updated: 0, unchanged: 147 });
  }, 120_000);

  it('should know the products of review SKUs', async () => {
    const ids = await catalog.services.products.findIdsBySku(['MH01', 'MH01-XS-Black', 'MH0', '24-MB01']);
    expect([...ids.keys()]).toEqual(['MH01', 'MH01-XS-Black']);
    expect(ids.get('MH01')).toBe(ids.get('MH01-XS-Black'));
  });
});

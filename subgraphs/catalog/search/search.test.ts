import {
  type CatalogHarness,
  callsOf,
  givenProduct,
  givenStock,
  hkd,
  merchant,
  service,
  shopper,
  startCatalog,
} from '../testing';

const LIST = `query($first: Int!, $after: String, $query: String, $filter: ProductFilter, $sortKey: ProductSortKey, $reverse: Boolean) {
  products(first: $first, after: $after, query: $query, filter: $filter, sortKey: $sortKey, reverse: $reverse) {
    nodes { title } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount
  }
}`;

describe('lists of products', () => {
  let catalog: CatalogHarness;
  let dairyId = '';
  beforeAll(async () => {
    catalog = await startCatalog();
    const given = (title: string, price: string, wish: object = {}, stock = 0) =>
      givenProduct(catalog, { title, variants: [{ price: hkd(price) }], ...wish }, stock);
    const dairy = { categoryPath: ['Food', 'Dairy'] };
    await given(
      'Fresh Milk',
      '20.00',
      { ...dairy, vendor: 'Kowloon', tags: ['cold', 'new'], translations: [{ language: 'zh-Hant', title: '鮮牛奶' }] },
      5,
    );
    await given(
      'Milk Chocolate',
      '9.00',
      {
        categoryPath: ['Food', 'Sweets'],
        productType: 'Chocolate',
        translations: [{ language: 'zh-Hant', title: '牛奶朱古力' }],
      },
      50,
    );
    await given('Oat Milk', '25.00', { ...dairy, tags: ['cold'], productType: 'Plant milk' });
    await given('Milk of Oat Straw', '99.00', {});
    await given('Crème Brûlée', '30.00', { descriptionHtml: '<p>With <b>milk</b> &amp; eggs</p>' });
    await given('Secret Milk', '1.00', { status: 'DRAFT' });
    await given('Old Milk', '1.00', { status: 'ARCHIVED' });
    catalog.clock.advance(1000);
    const categories = await catalog.graph('{ categories(first: 10) { nodes { id path } } }');
    dairyId = categories.data.categories.nodes.find(({ path }: { path: string[] }) => path.at(-1) === 'Dairy').id;
  });
  afterAll(() => catalog.stop());

  const list = async (variables: object, identity: Parameters<CatalogHarness['graph']>[2] = shopper) => {
    const { data, errors } = await catalog.graph(LIST, { first: 20, ...variables }, identity);
    expect(errors).toEqual([]);
    return data.products.nodes.map(({ title }: { title: string }) => title);
  };

  it.each([
    ['milk', ['Oat Milk', 'Fresh Milk', 'Milk Chocolate', 'Milk of Oat Straw', 'Crème Brûlée']],
    ['oat milk', ['Oat Milk', 'Milk of Oat Straw']],
    ['牛奶', ['Fresh Milk', 'Milk Chocolate']],
    ['奶 fresh', ['Fresh Milk']],
    ['creme brulee', ['Crème Brûlée']],
    ['choc', ['Milk Chocolate']],
    ['choc ', []],
    ['CHOCOLATES ', ['Milk Chocolate']],
    ['kowloon', ['Fresh Milk']],
    ['sweets', ['Milk Chocolate']],
    ['milk nothing', []],
    ['.*', []],
    ['$qx', []],
  ])('should find %j, the best first', async (query, titles) => {
    expect(await list({ query })).toEqual(titles);
  });

  it('should be in the order of creation without a query', async () => {
    const all = ['Fresh Milk', 'Milk Chocolate', 'Oat Milk', 'Milk of Oat Straw', 'Crème Brûlée'];
    expect(await list({})).toEqual(all);
    expect(await list({ query: '  ' })).toEqual(all);
    expect(await list({ reverse: true })).toEqual([...all].reverse());
  });

  it.each([
    ['TITLE', false, ['Crème Brûlée', 'Fresh Milk', 'Milk Chocolate', 'Milk of Oat Straw', 'Oat Milk']],
    ['PRICE', false, ['Milk Chocolate', 'Fresh Milk', 'Oat Milk', 'Crème Brûlée', 'Milk of Oat Straw']],
    ['PRICE', true, ['Milk of Oat Straw', 'Crème Brûlée', 'Oat Milk', 'Fresh Milk', 'Milk Chocolate']],
    ['CREATED_AT', false, ['Fresh Milk', 'Milk Chocolate', 'Oat Milk', 'Milk of Oat Straw', 'Crème Brûlée']],
  ])('should be ordered by %s, reverse %s, page by page', async (sortKey, reverse, titles) => {
    expect(await list({ sortKey, reverse })).toEqual(titles);
    expect(await pages({ sortKey, reverse })).toEqual(titles);
  });

  it.each([[{ query: 'milk' }], [{ query: 'milk', reverse: true }], [{ query: 'milk', sortKey: 'PRICE' }], [{}]])(
    'should come in pages without gap or repeat: %j',
    async (variables) => {
      expect(await pages(variables)).toEqual(await list(variables));
    },
  );

  it('should keep its place when products come and go between pages', async () => {
    const first = await catalog.graph(LIST, { first: 1, query: 'milk' });
    const { id } = (await givenProduct(catalog, { title: 'Milk', categoryPath: ['Food', 'Dairy', 'Milk'] })).product;
    const rest = await list({ query: 'milk', after: first.data.products.pageInfo.endCursor });
    expect(rest).toEqual(['Fresh Milk', 'Milk Chocolate', 'Milk of Oat Straw', 'Crème Brûlée']);
    await catalog.services.products.archive(id);
  });

  it('should be filtered', async () => {
    expect(await list({ filter: { category: dairyId } })).toEqual(['Fresh Milk', 'Oat Milk']);
    expect(await list({ filter: { vendor: 'Kowloon' } })).toEqual(['Fresh Milk']);
    expect(await list({ filter: { tags: ['cold'] } })).toEqual(['Fresh Milk', 'Oat Milk']);
    expect(await list({ filter: { tags: ['cold', 'new'] } })).toEqual(['Fresh Milk']);
    expect(await list({ filter: { productType: 'Chocolate' } })).toEqual(['Milk Chocolate']);
    expect(await list({ filter: { price: { min: '20', max: '25.00' } } })).toEqual(['Fresh Milk', 'Oat Milk']);
    expect(await list({ filter: { price: { max: '25.00', currencyCode: 'USD' } } })).toEqual([]);
    expect(await list({ filter: { available: true }, query: 'milk' })).toEqual(['Fresh Milk', 'Milk Chocolate']);
    expect(await list({ filter: { available: false, category: dairyId } })).toEqual(['Oat Milk']);
    expect(await list({ filter: { status: 'DRAFT' } })).toEqual([]);
  });

  it('should show the shop its drafts, and archived products when asked', async () => {
    expect(await list({ query: 'secret' }, merchant)).toEqual(['Secret Milk']);
    expect(await list({ query: 'old' }, merchant)).toEqual([]);
    expect(await list({ query: 'old', filter: { status: 'ARCHIVED' } }, merchant)).toEqual(['Old Milk']);
  });

  it('should follow the stock of the last unit', async () => {
    const { product, variantIds } = await givenProduct(catalog, {
      title: 'Butter',
      handle: 'butter',
      optionNames: ['Size'],
      variants: [
        { optionValues: ['S'], price: hkd('1.00') },
        { optionValues: ['L'], price: hkd('2.00') },
      ],
    });
    const [small = '', large = ''] = variantIds;
    const available = () => list({ query: 'butter', filter: { available: true } });
    expect(await available()).toEqual([]);
    await givenStock(catalog, small, 1);
    await givenStock(catalog, large, 1);
    expect(await available()).toEqual(['Butter']);
    const reserve = (orderId: string, variantId: string) =>
      catalog.services.reservations.reserve({
        orderId,
        expiresAt: catalog.clock.now(),
        lines: [{ variantId, quantity: 1 }],
      });
    await Promise.all([reserve('ord_1', small), reserve('ord_2', large)]);
    expect(await available()).toEqual([]);
    await catalog.services.reservations.release('ord_2');
    expect(await available()).toEqual(['Butter']);
    await catalog.services.products.archive(product.id);
  });

  it.each([
    [{ query: 'x'.repeat(201) }],
    [{ after: 'nonsense' }],
    [{ first: 101 }],
    [{ filter: { price: { min: '1.999' } } }],
  ])('should refuse %j', async (variables) => {
    const { errors } = await catalog.graph(LIST, { first: 20, ...variables });
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT' }]);
  });

  it('should cost the same few reads however many products there are', async () => {
    const document = `query($first: Int!, $query: String) { products(first: $first, query: $query) { totalCount nodes {
      id handle title vendor tags availability { state } images(first: 3) { nodes { url } }
      priceRange { min { amount } max { amount } } category { name path }
      variants(first: 5) { nodes { id sku title price { amount } options { name value } availability { state lowCount } product { title } } }
    } } }`;
    const few = await callsOf(() => catalog.graph(document, { first: 1, query: 'milk' }));
    const many = await callsOf(() => catalog.graph(document, { first: 20, query: 'milk' }));
    expect(many).toEqual(few);
    expect([...many].sort()).toEqual(
      [
        'search_terms.find',
        'product_listings.aggregate',
        'products.find',
        'product_listings.countDocuments',
        'product_variants.find',
        'stock_levels.find',
        'categories.find',
      ].sort(),
    );
  });

  it('should go with related products: same category, then vendor or tags, published only', async () => {
    const [fresh] = (
      await catalog.services.search.page(
        { query: 'fresh', filter: NO_FILTER, sortKey: 'RELEVANCE', reverse: false },
        { first: 1, after: null },
        'PUBLIC',
      )
    ).nodes;
    const query = 'query($id: ID!, $limit: Int!) { _relatedProductIds(productId: $id, limit: $limit) }';
    const related = async (limit: number) => {
      const { data } = await catalog.graph(query, { id: fresh?.id, limit }, service);
      const products = new Map(
        (await catalog.services.products.findMany(data._relatedProductIds)).map((one) => [one.id, one.title]),
      );
      return data._relatedProductIds.map((id: string) => products.get(id));
    };
    expect(await related(5)).toEqual(['Oat Milk', 'Milk Chocolate']);
    expect(await related(1)).toEqual(['Oat Milk']);
    expect((await catalog.graph(query, { id: fresh?.id, limit: 1 }, merchant)).errors).toMatchObject([
      { code: 'FORBIDDEN' },
    ]);
  });

  async function pages(variables: object): Promise<string[]> {
    const titles: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { data } = await catalog.graph(LIST, { ...variables, first: 2, after });
      titles.push(...data.products.nodes.map(({ title }: { title: string }) => title));
      expect(data.products.pageInfo.hasPreviousPage).toBe(after !== null);
      after = data.products.pageInfo.endCursor;
      more = data.products.pageInfo.hasNextPage;
    }
    return titles;
  }
});

const NO_FILTER = {
  categoryId: null,
  vendor: null,
  tags: [],
  productType: null,
  price: null,
  available: null,
  status: null,
};

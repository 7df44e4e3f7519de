import { newId } from '../../../platform/ids/id';
import { account } from '../../../test/support/subgraph-harness';
import { type CatalogHarness, eventsOf, givenProduct, hkd, merchant, service, shopper, startCatalog } from '../testing';

const CREATE = `mutation($input: ProductCreateInput!) {
  productCreate(input: $input) {
    product { id handle title status publishedAt category { path } options { name values } tags
      priceRange { min { amount currencyCode } max { amount } }
      variants(first: 10) { nodes { id sku title price { amount } compareAtPrice { amount } options { name value } weight { grams } availability { state lowCount } product { id } } totalCount } }
    userErrors { field code message }
  }
}`;

const UPDATE = `mutation($input: ProductUpdateInput!) {
  productUpdate(input: $input) { product { id handle title vendor tags status category { path } translations { language title } } userErrors { field code } }
}`;

const DELETE = `mutation($input: ProductDeleteInput!) {
  productDelete(input: $input) { product { id status } userErrors { code } }
}`;

const VARIANT_UPDATE = `mutation($input: ProductVariantUpdateInput!) {
  productVariantUpdate(input: $input) { productVariant { id sku price { amount currencyCode } compareAtPrice { amount } product { priceRange { min { amount } max { amount } } } } userErrors { field code } }
}`;

describe('products', () => {
  let catalog: CatalogHarness;
  beforeAll(async () => {
    catalog = await startCatalog();
  });
  afterAll(() => catalog.stop());

  const handle = () => newId('p').replace('_', '-');
  const read = async (id: string, identity = merchant as Parameters<CatalogHarness['graph']>[2]) =>
    (await catalog.graph('query($id: ID!) { product(id: $id) { id handle title status vendor } }', { id }, identity))
      .data.product;

  it('should be created with variants and options by the shop', async () => {
    const { data, errors } = await catalog.graph(
      CREATE,
      {
        input: {
          title: ' Oat Drink ',
          categoryPath: ['Food', 'Plant milk'],
          tags: ['vegan', ' cold ', 'vegan'],
          optionNames: ['Size'],
          variants: [
            { sku: 'OAT-1', optionValues: ['1L'], price: hkd('25.00'), compareAtPrice: hkd('30.00'), grams: 1030 },
            { sku: 'OAT-2', optionValues: ['200mL'], price: hkd('8.90') },
          ],
        },
      },
      merchant,
    );
    expect(errors).toEqual([]);
    const { product, userErrors } = data.productCreate;
    expect(userErrors).toEqual([]);
    expect(product).toEqual({
      id: expect.stringMatching(/^prod_/),
      handle: 'oat-drink',
      title: 'Oat Drink',
      status: 'ACTIVE',
      publishedAt: '2050-06-01T08:00:00.000Z',
      category: { path: ['Food', 'Plant milk'] },
      options: [{ name: 'Size', values: ['1L', '200mL'] }],
      tags: ['vegan', 'cold'],
      priceRange: { min: { amount: '8.90', currencyCode: 'HKD' }, max: { amount: '25.00' } },
      variants: {
        totalCount: 2,
        nodes: [
          {
            id: expect.stringMatching(/^var_/),
            sku: 'OAT-1',
            title: '1L',
            price: { amount: '25.00' },
            compareAtPrice: { amount: '30.00' },
            options: [{ name: 'Size', value: '1L' }],
            weight: { grams: 1030 },
            availability: { state: 'SOLD_OUT', lowCount: null },
            product: { id: product.id },
          },
          expect.objectContaining({ sku: 'OAT-2', title: '200mL', compareAtPrice: null, weight: null }),
        ],
      },
    });
  });

  it('should number the handle made from a title that is taken, and refuse one that was asked for', async () => {
    const first = await givenProduct(catalog, { title: 'Same Name' });
    const second = await givenProduct(catalog, { title: 'Same name' });
    expect([first.product.handle, second.product.handle]).toEqual(['same-name', 'same-name-2']);
    const input = { title: 'Third', handle: 'same-name', variants: [{ price: hkd('1.00') }] };
    const { data } = await catalog.graph(CREATE, { input }, merchant);
    expect(data.productCreate).toEqual({
      product: null,
      userErrors: [
        { field: ['input', 'handle'], code: 'HANDLE_TAKEN', message: 'Another product has the handle "same-name".' },
      ],
    });
  });

  it.each([
    ['no title', { title: ' ' }, ['input', 'title']],
    ['a bad handle', { handle: 'a b' }, ['input', 'handle']],
    ['no variant', { variants: [] }, ['input', 'variants']],
    ['too precise a price', { variants: [{ price: hkd('1.999') }] }, ['input', 'variants', '0', 'price']],
    ['a negative price', { variants: [{ price: hkd('-1.00') }] }, ['input', 'variants', '0', 'price']],
    ['missing option values', { optionNames: ['Size'] }, ['input', 'variants', '0', 'optionValues']],
    ['a comma in a tag', { tags: ['a,b'] }, ['input', 'tags']],
    ['a category name with ">"', { categoryPath: ['a > b'] }, ['input', 'categoryPath']],
    [
      'two currencies',
      {
        optionNames: ['S'],
        variants: [
          { optionValues: ['1'], price: hkd('1.00') },
          { optionValues: ['2'], price: { amount: '1.00', currencyCode: 'USD' } },
        ],
      },
      ['price'],
    ],
    [
      'one SKU twice',
      {
        optionNames: ['S'],
        variants: [
          { sku: 'x', optionValues: ['1'], price: hkd('1.00') },
          { sku: 'x', optionValues: ['2'], price: hkd('1.00') },
        ],
      },
      ['input', 'sku'],
    ],
    [
      'two names in a language',
      {
        translations: [
          { language: 'zh', title: 'a' },
          { language: 'ZH', title: 'b' },
        ],
      },
      ['input', 'translations'],
    ],
  ])('should not be created with %s', async (_case, change, field) => {
    const count = async () =>
      (await catalog.graph('{ products(first: 0) { totalCount } }', {}, merchant)).data.products.totalCount;
    const before = await count();
    const input = { title: 'Bad', handle: handle(), variants: [{ price: hkd('1.00') }], ...change };
    const { data } = await catalog.graph(CREATE, { input }, merchant);
    expect(data.productCreate).toMatchObject({ product: null, userErrors: [{ code: 'INVALID', field }] });
    expect(await count()).toBe(before);
  });

  it('should be changed where the input says so', async () => {
    const { product } = await givenProduct(catalog, { handle: handle(), vendor: 'A', tags: ['x'] });
    const input = {
      id: product.id,
      title: 'Soy Milk',
      vendor: null,
      translations: [{ language: 'zh-Hant', title: '豆漿' }],
      categoryPath: ['Food'],
    };
    const { data } = await catalog.graph(UPDATE, { input }, merchant);
    expect(data.productUpdate).toEqual({
      product: {
        id: product.id,
        handle: product.handle,
        title: 'Soy Milk',
        vendor: null,
        tags: ['x'],
        status: 'ACTIVE',
        category: { path: ['Food'] },
        translations: [{ language: 'zh-Hant', title: '豆漿' }],
      },
      userErrors: [],
    });
  });

  it('should lose no change when two meet', async () => {
    const { product } = await givenProduct(catalog, { handle: handle() });
    await Promise.all([
      catalog.services.products.update({ id: product.id, vendor: 'V' }),
      catalog.services.products.update({ id: product.id, title: 'T' }),
      catalog.services.products.update({ id: product.id, tags: ['t'] }),
    ]);
    const [changed] = await catalog.services.products.findMany([product.id]);
    expect(changed).toMatchObject({ vendor: 'V', title: 'T', tags: ['t'], version: 4 });
  });

  it('should not be changed when it is not there or its handle is taken', async () => {
    const { product } = await givenProduct(catalog, { handle: handle() });
    const other = await givenProduct(catalog, { handle: handle() });
    const missing = await catalog.graph(UPDATE, { input: { id: newId('prod'), title: 'X' } }, merchant);
    expect(missing.data.productUpdate.userErrors).toEqual([{ field: ['input', 'id'], code: 'NOT_FOUND' }]);
    const taken = await catalog.graph(UPDATE, { input: { id: product.id, handle: other.product.handle } }, merchant);
    expect(taken.data.productUpdate.userErrors).toEqual([{ field: ['input', 'handle'], code: 'HANDLE_TAKEN' }]);
    expect((await read(product.id)).handle).toBe(product.handle);
  });

  it('should leave lists when archived but stay readable for orders', async () => {
    const { product, variantIds } = await givenProduct(catalog, { handle: handle() });
    const { data } = await catalog.graph(DELETE, { input: { id: product.id } }, merchant);
    expect(data.productDelete).toEqual({ product: { id: product.id, status: 'ARCHIVED' }, userErrors: [] });
    const again = await catalog.graph(DELETE, { input: { id: product.id } }, merchant);
    expect(again.data.productDelete.userErrors).toEqual([]);
    expect(await read(product.id, shopper)).toBeNull();
    expect(await entity('ProductVariant', variantIds[0] ?? '')).toEqual({ id: variantIds[0] });
  });

  it('should have its price changed by the shop', async () => {
    const { variantIds } = await givenProduct(catalog, { handle: handle() });
    const id = variantIds[0];
    const input = { id, price: hkd('12.50'), compareAtPrice: hkd('15.00'), sku: 'NEW' };
    const { data } = await catalog.graph(VARIANT_UPDATE, { input }, merchant);
    expect(data.productVariantUpdate).toEqual({
      productVariant: {
        id,
        sku: 'NEW',
        price: { amount: '12.50', currencyCode: 'HKD' },
        compareAtPrice: { amount: '15.00' },
        product: { priceRange: { min: { amount: '12.50' }, max: { amount: '12.50' } } },
      },
      userErrors: [],
    });
    const cleared = await catalog.graph(VARIANT_UPDATE, { input: { id, compareAtPrice: null } }, merchant);
    expect(cleared.data.productVariantUpdate.productVariant).toMatchObject({
      compareAtPrice: null,
      sku: 'NEW',
      price: { amount: '12.50' },
    });
    const foreign = await catalog.graph(
      VARIANT_UPDATE,
      { input: { id, compareAtPrice: { amount: '20.00', currencyCode: 'USD' } } },
      merchant,
    );
    expect(foreign.data.productVariantUpdate).toEqual({
      productVariant: null,
      userErrors: [{ field: ['input', 'compareAtPrice'], code: 'INVALID' }],
    });
  });

  describe('by callers who do not run the shop', () => {
    it.each([
      ['nobody', undefined, 'UNAUTHENTICATED'],
      ['a shopper', shopper, 'FORBIDDEN'],
      ['a leader', account(['CUSTOMER', 'LEADER']), 'FORBIDDEN'],
      ['an app', { kind: 'app', keyId: 'k', scopes: ['catalog:read'] } as const, 'FORBIDDEN'],
    ])('should not be changed: %s', async (_who, identity, code) => {
      const { product, variantIds } = await givenProduct(catalog, { handle: handle() });
      const attempts: [string, object][] = [
        [CREATE, { title: 'X', handle: `${product.handle}-x`, variants: [{ price: hkd('1.00') }] }],
        [UPDATE, { id: product.id, title: 'X' }],
        [DELETE, { id: product.id }],
        [VARIANT_UPDATE, { id: variantIds[0], price: hkd('1.00') }],
      ];
      for (const [document, input] of attempts) {
        expect((await catalog.graph(document, { input }, identity)).errors).toMatchObject([{ code }]);
      }
      expect(await catalog.services.products.findMany([product.id])).toEqual([product]);
      expect(await catalog.services.products.findByHandle(`${product.handle}-x`, 'SHOP')).toBeNull();
    });
  });

  describe('seen by', () => {
    const seen = async (id: string, identity: Parameters<CatalogHarness['graph']>[2]) => {
      const { data } = await catalog.graph(
        'query($id: ID!, $handle: String!) { byId: product(id: $id) { id } byHandle: product(handle: $handle) { id } }',
        { id, handle: (await read(id)).handle },
        identity,
      );
      return [data.byId !== null, data.byHandle !== null];
    };

    it.each([
      ['a draft', { status: 'DRAFT' as const }, [false, false]],
      ['an archived product', { status: 'ARCHIVED' as const }, [false, false]],
      ['an unpublished product', { published: false }, [false, false]],
      ['a published product', {}, [true, true]],
    ])('shoppers and the shop: %s', async (_what, wish, expected) => {
      const { product, variantIds } = await givenProduct(catalog, { handle: handle(), ...wish });
      expect(await seen(product.id, shopper)).toEqual(expected);
      expect(await seen(product.id, merchant)).toEqual([true, true]);
      const variant = await catalog.graph(
        'query($id: ID!) { productVariant(id: $id) { id } }',
        { id: variantIds[0] },
        shopper,
      );
      expect(variant.data.productVariant !== null).toBe(expected[0]);
    });

    it('should want an id or a handle, and both to agree', async () => {
      const { product } = await givenProduct(catalog, { handle: handle() });
      expect((await catalog.graph('{ product { id } }')).errors).toMatchObject([{ code: 'BAD_USER_INPUT' }]);
      const both = 'query($id: ID!, $handle: String!) { product(id: $id, handle: $handle) { id } }';
      expect((await catalog.graph(both, { id: product.id, handle: product.handle })).data.product).toEqual({
        id: product.id,
      });
      expect((await catalog.graph(both, { id: product.id, handle: 'other' })).data.product).toBeNull();
    });
  });

  describe('as entities', () => {
    it('should show shoppers what was ever on sale, and nothing that never was', async () => {
      const sold = await givenProduct(catalog, { handle: handle() });
      await catalog.services.products.update({ id: sold.product.id, status: 'DRAFT' });
      const draft = await givenProduct(catalog, { handle: handle(), status: 'DRAFT' });
      expect(await entity('Product', sold.product.id)).toEqual({ id: sold.product.id });
      expect(await entity('Product', draft.product.id)).toBeNull();
      expect(await entity('ProductVariant', draft.variantIds[0] ?? '')).toBeNull();
      expect(await entity('Product', draft.product.id, merchant)).toEqual({ id: draft.product.id });
      expect(await entity('Product', newId('prod'))).toBeNull();
    });
  });

  it('should tell other subgraphs of every change, in order', async () => {
    const { product } = await givenProduct(catalog, { handle: handle() });
    await catalog.services.products.update({ id: product.id, title: 'B' });
    await catalog.services.products.update({ id: product.id, title: 'B' });
    await catalog.services.products.archive(product.id);
    const sent = await eventsOf(product.id);
    expect(sent.map(({ sequence, data }) => [sequence, data])).toEqual([
      [1, { productId: product.id, published: true }],
      [2, { productId: product.id, published: true }],
      [3, { productId: product.id, published: false }],
    ]);
  });

  it('should be priced for orders, in the order asked, unknown ids left out', async () => {
    const a = await givenProduct(catalog, { title: 'A', handle: handle(), status: 'DRAFT' });
    const b = await givenProduct(catalog, { title: 'B', handle: handle() }, 7);
    const query = `query($ids: [ID!]!) { _variants(ids: $ids) { variantId productId productTitle productHandle title sku price { amount currencyCode } published available } }`;
    const ids = [b.variantIds[0], newId('var'), a.variantIds[0], b.variantIds[0]];
    const { data } = await catalog.graph(query, { ids }, service);
    expect(data._variants).toEqual([
      {
        variantId: b.variantIds[0],
        productId: b.product.id,
        productTitle: 'B',
        productHandle: b.product.handle,
        title: 'Default Title',
        sku: null,
        price: { amount: '10.00', currencyCode: 'HKD' },
        published: true,
        available: 7,
      },
      expect.objectContaining({ variantId: a.variantIds[0], published: false, available: 0 }),
    ]);
    expect((await catalog.graph(query, { ids }, merchant)).errors).toMatchObject([{ code: 'FORBIDDEN' }]);
  });

  async function entity(type: string, id: string, identity: Parameters<CatalogHarness['graph']>[2] = shopper) {
    const { data } = await catalog.graph(
      `query($representations: [_Any!]!) { _entities(representations: $representations) { ... on ${type} { id } } }`,
      { representations: [{ __typename: type, id }] },
      identity,
    );
    return data._entities[0];
  }
});

import { parse } from 'graphql';
import { type CatalogHarness, callsOf, givenProduct, shopper, startCatalog } from '../testing';

describe('the tree of categories', () => {
  let catalog: CatalogHarness;
  beforeAll(async () => {
    catalog = await startCatalog();
    for (const path of [['Food', 'Dairy', 'Milk'], ['Food', 'Bakery'], ['Home'], ['Food', 'Dairy', 'Butter']]) {
      await givenProduct(catalog, { title: path.join(' '), categoryPath: path });
    }
  });
  afterAll(() => catalog.stop());

  it('should list every branch before what hangs on it, in pages', async () => {
    const paths: string[][] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { data } = await catalog.graph(
        'query($after: String) { categories(first: 4, after: $after) { nodes { path } pageInfo { hasNextPage endCursor } totalCount } }',
        { after },
      );
      expect(data.categories.totalCount).toBe(6);
      paths.push(...data.categories.nodes.map(({ path }: { path: string[] }) => path));
      after = data.categories.pageInfo.endCursor;
      more = data.categories.pageInfo.hasNextPage;
    }
    expect(paths).toEqual([
      ['Food'],
      ['Food', 'Bakery'],
      ['Food', 'Dairy'],
      ['Food', 'Dairy', 'Butter'],
      ['Food', 'Dairy', 'Milk'],
      ['Home'],
    ]);
  });

  it('should be walked up and down in few reads', async () => {
    const document = `{ categories(first: 10) { nodes { name parent { name } children(first: 5) { nodes { name } totalCount } } } }`;
    const calls = await callsOf(async () => {
      const { data } = await catalog.graph(document);
      expect(data.categories.nodes[2]).toEqual({
        name: 'Dairy',
        parent: { name: 'Food' },
        children: { nodes: [{ name: 'Butter' }, { name: 'Milk' }], totalCount: 2 },
      });
      expect(data.categories.nodes[5]).toEqual({ name: 'Home', parent: null, children: { nodes: [], totalCount: 0 } });
    });
    expect(calls).toEqual(['categories.find', 'categories.find', 'categories.find']);
  });

  it('should answer one by id, and nothing for an unknown id', async () => {
    const { data } = await catalog.graph('{ categories(first: 1) { nodes { id } } }');
    const { id } = data.categories.nodes[0];
    const found = await catalog.graph('query($id: ID!) { category(id: $id) { name } }', { id });
    expect(found.data.category).toEqual({ name: 'Food' });
    expect((await catalog.graph('{ category(id: "cat_none") { name } }')).data.category).toBeNull();
  });

  it('should make a path once when many want it at once', async () => {
    const levels = [
      { name: 'New', translations: [] },
      { name: 'Deep', translations: [] },
    ];
    const made = await Promise.all(Array.from({ length: 8 }, () => catalog.services.categories.ensure([levels])));
    expect(new Set(made.map((found) => found.get('New > Deep')?.id)).size).toBe(1);
  });

  it('should be named in the language of the reader', async () => {
    const translations = [{ language: 'zh', title: '蛋' }];
    await catalog.services.categories.ensure([[{ name: 'Eggs', translations }]]);
    const names = async (languages: string[]) => {
      const { data } = await catalog.subgraph.execute({
        document: parse('{ categories(first: 1) { nodes { name } } }'),
        identity: shopper,
        requestId: 'req_1',
        languages,
      });
      return JSON.parse(JSON.stringify(data)).categories.nodes[0].name;
    };
    expect([await names(['zh-HK']), await names(['en'])]).toEqual(['蛋', 'Eggs']);
  });
});

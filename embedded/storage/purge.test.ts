import { rmSync } from 'node:fs';
import { Int32 } from 'bson';
import { encodeDocument } from '../document/encode';
import { tempDir } from '../testing/test-server';
import { Catalog } from './catalog';
import type { Collection } from './collection';
import { Store } from './store';

let dataDir: string;

beforeEach(() => {
  dataDir = tempDir();
});

afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

function open(): { store: Store; catalog: Catalog } {
  const store = new Store(dataDir, 'relaxed');
  return { store, catalog: new Catalog(store) };
}

function fill(store: Store, catalog: Catalog, ns: string, count: number): Promise<Collection> {
  return store.write(() => {
    const collection = catalog.create(ns, {});
    catalog.addIndex(collection, { v: new Int32(2), key: { n: new Int32(1) }, name: 'n_1' });
    for (let i = 0; i < count; i++) {
      const doc = { _id: new Int32(i), n: new Int32(i % 7) };
      collection.insert(store, doc, encodeDocument(doc));
    }
    return collection;
  });
}

/** Every further batch comes after one of the purge's. */
async function untilEmpty(store: Store, collection: Collection): Promise<void> {
  while (store.count(collection.range, 1) > 0) await store.write(() => undefined);
}

describe('dropping a large collection', () => {
  it('should answer before everything is removed, and remove everything', async () => {
    const { store, catalog } = open();
    const collection = await fill(store, catalog, 'test.large', 3000);
    const kept = await fill(store, catalog, 'test.kept', 10);
    await store.write(() => catalog.drop(collection));
    expect(store.count(collection.range)).toBe(9000);
    expect(catalog.get('test.large')).toBeUndefined();
    await untilEmpty(store, collection);
    expect(store.count(kept.range)).toBe(30);
    await store.close();
  });

  it('should go on after a restart, and give the number to no other collection before', async () => {
    const first = open();
    const collection = await fill(first.store, first.catalog, 'test.large', 3000);
    await first.store.write(() => first.catalog.drop(collection));
    await first.store.close();

    const second = open();
    const fresh = await fill(second.store, second.catalog, 'test.fresh', 5);
    expect(fresh.id).not.toBe(collection.id);
    await untilEmpty(second.store, collection);
    expect(second.store.count(fresh.range)).toBe(15);
    await second.store.close();
  });
});

import type { IdFactory } from '../../../platform/ids/id';
import { decodeCursor, type Page, type PageRequest, pageOf } from '../../../platform/pagination/page';
import { type Category, type CategoryLevel, pathKey } from './category';
import type { CategoryStore } from './category.model';

export class CategoryService {
  /** Categories are never removed or renamed, so a path once seen keeps its id. */
  private readonly known = new Map<string, Category>();

  constructor(
    private readonly store: CategoryStore,
    private readonly newId: IdFactory,
  ) {}

  findMany(ids: readonly string[]): Promise<Category[]> {
    return this.store.findMany(ids);
  }

  childrenOf(parentIds: readonly string[]): Promise<Category[]> {
    return this.store.childrenOf(parentIds);
  }

  /** `parentId` null: the roots; undefined: the whole tree, each branch before its leaves. */
  async page(request: PageRequest, parentId?: string | null): Promise<Page<Category>> {
    const after = request.after === null ? null : decodeCursor(request.after, 1);
    const rows = await this.store.page(parentId, after, request.first + 1);
    return pageOf(
      rows,
      request,
      (category) => [pathKey(category.path)],
      () => this.store.count(parentId),
    );
  }

  /** The category at the end of each path, made with its ancestors where it does not exist yet. */
  async ensure(paths: readonly (readonly CategoryLevel[])[]): Promise<Map<string, Category>> {
    const wanted = new Map<string, readonly CategoryLevel[]>();
    for (const levels of paths) {
      for (let depth = 1; depth <= levels.length; depth += 1) {
        const part = levels.slice(0, depth);
        const key = pathKey(part.map((level) => level.name));
        if (!this.known.has(key)) wanted.set(key, part);
      }
    }
    if (wanted.size > 0) {
      const present = await this.store.findByPaths(
        [...wanted.values()].map((levels) => levels.map(({ name }) => name)),
      );
      for (const category of present) this.remember(category);
      // Ancestors stand before their descendants in `wanted`.
      for (const [key, levels] of wanted) if (!this.known.has(key)) this.remember(await this.create(levels));
    }
    const found = new Map<string, Category>();
    for (const levels of paths) {
      const key = pathKey(levels.map((level) => level.name));
      const category = this.known.get(key);
      if (category) found.set(key, category);
    }
    return found;
  }

  private create(levels: readonly CategoryLevel[]): Promise<Category> {
    const path = levels.map((level) => level.name);
    const last = levels.at(-1);
    const parent = this.known.get(pathKey(path.slice(0, -1))) ?? null;
    const id = this.newId('cat');
    return this.store.ensure({
      id,
      path,
      name: last?.name ?? '',
      translations: last?.translations ?? [],
      parentId: parent?.id ?? null,
      lineage: [...(parent?.lineage ?? []), id],
    });
  }

  private remember(category: Category): void {
    this.known.set(pathKey(category.path), category);
  }
}

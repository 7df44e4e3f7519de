import { type Connection, type Model, Schema } from 'mongoose';
import { isDuplicateKey } from '../../../platform/mongo/database';
import { modelOf } from '../../../platform/mongo/model';
import { afterCursor, type Cursor } from '../../../platform/pagination/page';
import type { Translation } from '../product/language';
import { type Category, pathKey } from './category';

interface CategoryRecord {
  _id: string;
  pathKey: string;
  path: string[];
  name: string;
  translations: Translation[];
  parentId: string | null;
  lineage: string[];
}

const translation = new Schema<Translation>(
  { language: { type: String, required: true }, title: { type: String, required: true } },
  { _id: false },
);

const schema = new Schema<CategoryRecord>(
  {
    _id: { type: String, required: true },
    pathKey: { type: String, required: true },
    path: { type: [String], required: true },
    name: { type: String, required: true },
    translations: { type: [translation], default: [] },
    parentId: { type: String, default: null },
    lineage: { type: [String], required: true },
  },
  { collection: 'categories', versionKey: false },
);
schema.index({ pathKey: 1 }, { unique: true });
schema.index({ parentId: 1, pathKey: 1 });

export class CategoryStore {
  private readonly model: Model<CategoryRecord>;

  constructor(connection: Connection) {
    this.model = modelOf(connection, 'Category', schema);
  }

  async findMany(ids: readonly string[]): Promise<Category[]> {
    return (await this.model.find({ _id: { $in: ids } }).lean<CategoryRecord[]>()).map(toCategory);
  }

  async findByPaths(paths: readonly (readonly string[])[]): Promise<Category[]> {
    const keys = paths.map(pathKey);
    return (await this.model.find({ pathKey: { $in: keys } }).lean<CategoryRecord[]>()).map(toCategory);
  }

  /** In the order of their paths; `parentId` undefined means all of them. */
  async page(parentId: string | null | undefined, after: Cursor | null, limit: number): Promise<Category[]> {
    const records = await this.model
      .find({
        ...(parentId === undefined ? {} : { parentId }),
        ...(after ? afterCursor([['pathKey', 1]], after) : {}),
      })
      .sort({ pathKey: 1 })
      .limit(limit)
      .lean<CategoryRecord[]>();
    return records.map(toCategory);
  }

  async childrenOf(parentIds: readonly string[]): Promise<Category[]> {
    const records = await this.model
      .find({ parentId: { $in: parentIds } })
      .sort({ pathKey: 1 })
      .lean<CategoryRecord[]>();
    return records.map(toCategory);
  }

  count(parentId: string | null | undefined): Promise<number> {
    return this.model.countDocuments(parentId === undefined ? {} : { parentId });
  }

  /** Writes a category unless its path is already there; answers whichever is. */
  async ensure(category: Category): Promise<Category> {
    const { id, path, lineage, translations, ...rest } = category;
    const lists = { path: [...path], lineage: [...lineage], translations: [...translations] };
    try {
      await this.model.create([{ _id: id, pathKey: pathKey(path), ...rest, ...lists }]);
      return category;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const [present] = await this.findByPaths([category.path]);
      if (!present) throw error;
      return present;
    }
  }
}

function toCategory(record: CategoryRecord): Category {
  const { _id, pathKey: _key, ...rest } = record;
  return { id: _id, ...rest };
}

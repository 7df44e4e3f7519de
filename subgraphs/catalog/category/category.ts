import type { Translation } from '../product/language';

/** A place in the tree of goods, known by its path of names. */
export interface Category {
  readonly id: string;
  /** Names from the root to this category. */
  readonly path: readonly string[];
  readonly name: string;
  readonly translations: readonly Translation[];
  readonly parentId: string | null;
  /** Ids from the root to this category, itself last. */
  readonly lineage: readonly string[];
}

/** A level of a path as a source names it. */
export interface CategoryLevel {
  readonly name: string;
  readonly translations: readonly Translation[];
}

export const PATH_SEPARATOR = ' > ';

export function pathKey(path: readonly string[]): string {
  return path.join(PATH_SEPARATOR);
}

const HAN = /\p{Script=Han}/u;

/**
 * Where a product of an import file belongs: its Product Category; else, when the tags are the path to its Type in
 * one language and then the same path in Chinese, that path; else its Type alone.
 */
export function categoryLevels(
  categoryText: string | null,
  type: string | null,
  tags: readonly string[],
): CategoryLevel[] {
  if (categoryText !== null) {
    return categoryText
      .split('>')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => ({ name, translations: [] }));
  }
  if (type === null) return [];
  return bilingualPath(type, tags) ?? [{ name: type, translations: [] }];
}

function bilingualPath(type: string, tags: readonly string[]): CategoryLevel[] | null {
  const depth = tags.length / 2;
  const names = tags.slice(0, depth);
  const chinese = tags.slice(depth);
  if (!Number.isInteger(depth) || depth < 2 || names.at(-1) !== type) return null;
  if (names.some((name) => HAN.test(name)) || !chinese.every((name) => HAN.test(name))) return null;
  return names.map((name, index) => ({ name, translations: [{ language: 'zh', title: chinese[index] ?? name }] }));
}

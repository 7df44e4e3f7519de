/** What makes two products go together, most telling first: how deep their categories agree, the vendor, the tags. */
export interface Relatable {
  readonly productId: string;
  readonly categoryIds: readonly string[];
  readonly vendor: string | null;
  readonly tags: readonly string[];
}

export function kinship(a: Relatable, b: Relatable): number {
  const shared = a.categoryIds.filter((id, depth) => b.categoryIds[depth] === id).length;
  const tags = new Set(b.tags);
  const common = new Set(a.tags.filter((tag) => tags.has(tag))).size;
  return shared * 100 + (a.vendor !== null && a.vendor === b.vendor ? 50 : 0) + Math.min(common, 9);
}

/** Ids of the closest candidates, the closest first, the product itself left out. */
export function closest(to: Relatable, candidates: readonly Relatable[], limit: number): string[] {
  const unique = new Map(candidates.map((candidate) => [candidate.productId, candidate]));
  unique.delete(to.productId);
  return [...unique.values()]
    .map((candidate) => ({ id: candidate.productId, score: kinship(to, candidate) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, limit)
    .map(({ id }) => id);
}

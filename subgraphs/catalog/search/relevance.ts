import { plainText } from './plain-text';
import { indexTerms, phraseTerms } from './tokens';

/** What of a product is searched. `category` lists the names of each level, root first, in every language known. */
export interface SearchSource {
  readonly title: string;
  readonly translations: readonly string[];
  readonly vendor: string | null;
  readonly productType: string | null;
  readonly category: readonly (readonly string[])[];
  readonly tags: readonly string[];
  readonly descriptionHtml: string;
}

/**
 * What a term is worth by where it stands. A category outranks a mention in a translated name together with the tags
 * that repeat it: milk comes before milk chocolate. The root of a deep category says little ("Milk powder / Baby care").
 */
const WORTH = { title: 100, translation: 80, vendor: 70, category: 65, rootCategory: 25, tags: 30, body: 5 } as const;
/** A name of few words is about each of them. */
const FOCUS = 20;
const BODY_CHARACTERS = 4000;

/** Term to worth: every term of a product, each place counted once. Phrases carry a space in their term. */
export function termWeights(source: SearchSource): Record<string, number> {
  const weights = new Map<string, number>();
  const add = (terms: Iterable<string>, worth: number): void => {
    for (const term of new Set(terms)) weights.set(term, (weights.get(term) ?? 0) + worth);
  };
  const addName = (text: string, worth: number): void => {
    const terms = indexTerms(text);
    add(terms, worth + Math.round(FOCUS / Math.max(1, new Set(terms).size)));
  };
  const named = [source.title, ...source.translations];
  addName(source.title, WORTH.title);
  // The two Chinese scripts share most characters: a term counts once however many translations have it.
  const longest = Math.max(1, ...source.translations.map((text) => new Set(indexTerms(text)).size));
  add(source.translations.flatMap(indexTerms), WORTH.translation + Math.round(FOCUS / longest));
  add(indexTerms(source.vendor ?? ''), WORTH.vendor);
  const levels = source.category.map((names) => names.flatMap(indexTerms));
  const specific = [...indexTerms(source.productType ?? ''), ...levels.slice(levels.length > 1 ? 1 : 0).flat()];
  add(specific, WORTH.category);
  if (levels.length > 1) {
    const already = new Set(specific);
    add(
      (levels[0] ?? []).filter((term) => !already.has(term)),
      WORTH.rootCategory,
    );
  }
  add(source.tags.flatMap(indexTerms), WORTH.tags);
  add(indexTerms(plainText(source.descriptionHtml).slice(0, BODY_CHARACTERS)), WORTH.body);
  add(named.flatMap(phraseTerms), WORTH.title);
  add([source.productType ?? '', ...source.category.flat()].flatMap(phraseTerms), WORTH.category);
  return Object.fromEntries(weights);
}

/** Words that prefixes may be completed to: those of alphabets, without phrases. */
export function completableTerms(weights: Readonly<Record<string, number>>): string[] {
  return Object.keys(weights).filter((term) => /^[\p{L}\p{N}_]{2,}$/u.test(term) && !/\p{Script=Han}/u.test(term));
}

/** A name in one language. */
export interface Translation {
  /** BCP 47 tag, for example "zh-Hant". */
  readonly language: string;
  readonly title: string;
}

const TRADITIONAL = /^zh-(?:hant|hk|tw|mo)\b/;
const SIMPLIFIED = /^zh-(?:hans|cn|sg|my)\b/;

/** A tag reduced to what decides how a name is written: the script for Chinese, the language for the rest. */
export function writtenLanguage(tag: string): string {
  const lower = tag.toLowerCase();
  if (TRADITIONAL.test(lower)) return 'zh-hant';
  if (SIMPLIFIED.test(lower)) return 'zh-hans';
  return lower.split('-')[0] ?? lower;
}

function primary(tag: string): string {
  return tag.toLowerCase().split('-')[0] ?? '';
}

/**
 * The name to show a reader who prefers `languages` (best first): the same script before the same language before
 * the next preference; the name as stored when nothing fits or nothing is preferred.
 */
export function nameFor(stored: string, translations: readonly Translation[], languages: readonly string[]): string {
  const candidates = [...translations, { language: /\p{Script=Han}/u.test(stored) ? 'zh' : 'en', title: stored }];
  for (const preferred of languages) {
    const found =
      candidates.find((candidate) => writtenLanguage(candidate.language) === writtenLanguage(preferred)) ??
      candidates.find((candidate) => primary(candidate.language) === primary(preferred));
    if (found) return found.title;
  }
  return stored;
}

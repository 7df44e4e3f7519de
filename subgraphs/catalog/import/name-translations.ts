import type { Translation } from '../product/language';
import { plainText } from '../search/plain-text';

const PARAGRAPH = /<p lang="([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)">([^<>]*)<\/p>/g;
const MAX_NAME = 300;

/**
 * The product's name in other languages, when the description is nothing but one short paragraph per language, as the
 * Hong Kong price-watch file has it. Anything else is a description and yields no names.
 */
export function nameTranslations(html: string): Translation[] {
  if (html.replace(PARAGRAPH, '').trim() !== '') return [];
  const names = [...html.matchAll(PARAGRAPH)].map(([, language = '', text = '']) => ({
    language,
    title: plainText(text),
  }));
  const languages = new Set(names.map(({ language }) => language.toLowerCase()));
  if (languages.size !== names.length || names.some(({ title }) => title.length > MAX_NAME)) return [];
  return names.filter(({ title }) => title !== '').filter((name, _index, all) => !isRemnant(name, all));
}

/** Both Chinese scripts write a name in the same number of words; one with fewer lost its end in the source. */
function isRemnant(name: Translation, all: readonly Translation[]): boolean {
  const words = (text: string): number => text.split(' ').length;
  return (
    isChinese(name) && all.some((other) => isChinese(other) && other !== name && words(other.title) > words(name.title))
  );
}

function isChinese({ language }: Translation): boolean {
  return /^zh\b/i.test(language);
}

/**
 * How text becomes search terms. Words of alphabets are lower-cased, freed of accents and of simple English plurals;
 * runs of Chinese, Japanese and Korean become their single characters and their pairs, which need no dictionary.
 * Terms hold no "." (a decimal point becomes "_") and no "$", so that they may name document fields.
 */
export interface Run {
  readonly kind: 'word' | 'cjk';
  /** The folded word, or the characters of a CJK run. */
  readonly text: string;
}

/** Longer words are cut: nobody searches for them, and index keys have a limit. */
const MAX_TERM = 48;

const CJK = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}々〇ー';
const RUNS = new RegExp(
  `[${CJK}]+|\\d+(?:\\.\\d+)+(?:(?![${CJK}])[\\p{L}\\p{N}])*|(?:(?![${CJK}])[\\p{L}\\p{N}'’])+`,
  'gu',
);
const IS_CJK = new RegExp(`^[${CJK}]`, 'u');

export function normalise(text: string): string {
  // Only the accents of alphabets: decomposed kana and Hangul are put together again.
  return text
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFC');
}

/** The words and CJK runs of a text in their order. */
export function runsOf(text: string): Run[] {
  const runs: Run[] = [];
  for (const [found] of normalise(text).matchAll(RUNS)) {
    if (IS_CJK.test(found)) {
      runs.push({ kind: 'cjk', text: found });
      continue;
    }
    const word = foldWord(found);
    if (word !== '') runs.push({ kind: 'word', text: word });
  }
  return runs;
}

/** "Hershey's" and "hersheys" meet, "cookies" and "cookie", "boxes" and "box". */
function foldWord(raw: string): string {
  const word = raw
    .replace(/['’]s$/, '')
    .replace(/['’]/g, '')
    .replaceAll('.', '_')
    .slice(0, MAX_TERM);
  return /^[a-z]{4,}$/.test(word) ? singular(word) : word;
}

function singular(word: string): string {
  // "cookie", "cookies" and "berry", "berries" end alike, and "berr" begins them all.
  if (word.length >= 5 && /ies?$/.test(word)) return word.replace(/ies?$/, 'i');
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}i`;
  if (/(?:ss|x|ch|sh|zz)es$/.test(word) || (word.length >= 6 && word.endsWith('oes'))) return word.slice(0, -2);
  if (word.endsWith('s') && !/(?:ss|us|is)$/.test(word)) return word.slice(0, -1);
  return word;
}

/** Characters of a CJK run, counted as readers count them. */
function characters(run: string): string[] {
  return [...run];
}

function pairs(run: string): string[] {
  const all = characters(run);
  return all.slice(1).map((character, index) => `${all[index]}${character}`);
}

/** Every term under which a text is found. */
export function indexTerms(text: string): string[] {
  return runsOf(text).flatMap((run) =>
    run.kind === 'word' ? [run.text] : [...characters(run.text), ...pairs(run.text)],
  );
}

/** Neighbouring words, joined by a space: what makes "oat milk" more than an oat and a milk. */
export function phraseTerms(text: string): string[] {
  const runs = runsOf(text);
  return runs.slice(1).flatMap((run, index) => {
    const before = runs[index];
    return run.kind === 'word' && before?.kind === 'word' ? [`${before.text} ${run.text}`] : [];
  });
}

export interface SearchQuery {
  /** All must be found. */
  readonly terms: readonly string[];
  /** The last word while it may still be being typed; also among `terms`' conditions, but any continuation will do. */
  readonly prefix: string | null;
  /** Worth more when found. */
  readonly phrases: readonly string[];
}

/** More than this many conditions help nobody. */
const MAX_TERMS = 24;

/** What a shopper typed. A last word without a space after it also stands for longer words. */
export function parseQuery(text: string): SearchQuery {
  const runs = runsOf(text);
  const last = runs.at(-1);
  const open = last?.kind === 'word' && last.text.length >= 2 && /[\p{L}\p{N}]$/u.test(text) ? last.text : null;
  const closed = open === null ? runs : runs.slice(0, -1);
  const terms = closed.flatMap((run) => {
    if (run.kind === 'word') return [run.text];
    return characters(run.text).length === 1 ? [run.text] : pairs(run.text);
  });
  return {
    terms: [...new Set(terms)].slice(0, MAX_TERMS),
    prefix: open,
    phrases: phraseTerms(text).slice(0, MAX_TERMS),
  };
}

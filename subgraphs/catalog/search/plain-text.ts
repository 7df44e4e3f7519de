/** Markup that stands inside a word or a sentence; every other tag parts text from text. */
const INLINE_TAG = /<\/?(?:a|b|i|em|strong|span|u|s|small|sub|sup|mark|font)(?:\s[^<>]*)?>/gi;
// Excluding "<" keeps the scan linear on text that is full of it.
const TAG = /<[^<>]*>/g;
const ENTITY = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi;

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  bull: ' ',
  middot: ' ',
  ndash: '-',
  mdash: '-',
  hellip: ' ',
  rsquo: "'",
  lsquo: "'",
  rdquo: '"',
  ldquo: '"',
  eacute: 'é',
  egrave: 'è',
};

/** The words of an HTML fragment, for reading by a machine: never shown to anyone. */
export function plainText(html: string): string {
  return html
    .replace(INLINE_TAG, '')
    .replace(TAG, ' ')
    .replace(ENTITY, (_all, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return NAMED[name.toLowerCase()] ?? ' ';
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ' ';
    })
    .replace(/\s+/g, ' ')
    .trim();
}

import type { BSONRegExp } from 'bson';
import { badValue, locationError } from '../errors';

export interface RegexParts {
  readonly pattern: string;
  /** Options in BSON's alphabetical order. */
  readonly options: string;
}

/** Pattern and options of a BSONRegExp or of a JS RegExp (whose `g`, `y`, `u` mean nothing to the server). */
export function regexParts(value: unknown): RegexParts {
  if (value instanceof RegExp) {
    const options = [...value.flags].filter((flag) => 'ims'.includes(flag)).sort();
    return { pattern: value.source, options: options.join('') };
  }
  const regex = value as BSONRegExp;
  return { pattern: regex.pattern, options: regex.options };
}

const compiled = new Map<string, RegExp>();
const COMPILED_LIMIT = 500;

/**
 * A JS RegExp for a PCRE pattern with options of `imsxu`. The parts of PCRE that servers see in practice are
 * translated: leading inline options `(?i)`, extended mode `x`, `\A`, `\z`, `\Z`, `\h`, POSIX classes, possessive
 * quantifiers are refused by the JS parser and reported as error 51091.
 */
export function compileRegex(pattern: string, options: string): RegExp {
  const key = `${options}/${pattern}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const built = buildRegex(pattern, options);
  if (compiled.size >= COMPILED_LIMIT) compiled.clear();
  compiled.set(key, built);
  return built;
}

function buildRegex(pattern: string, options: string): RegExp {
  if (pattern.includes('\0')) throw badValue('Regular expression cannot contain an embedded null byte');
  const flags = new Set<string>();
  for (const option of options) {
    if (!'imsxu'.includes(option)) throw locationError(51108, `invalid flag in regex options: ${option}`);
    flags.add(option);
  }
  let source = pattern;
  for (let inline = /^\(\?([imsx]+)\)/.exec(source); inline !== null; inline = /^\(\?([imsx]+)\)/.exec(source)) {
    for (const option of inline[1] ?? '') flags.add(option);
    source = source.slice(inline[0].length);
  }
  const extended = flags.delete('x');
  flags.delete('u');
  const translated = translatePcre(source, extended, flags.has('m'), flags.has('s'));
  try {
    // PCRE runs in UTF mode; the JS `u` flag refuses needless escapes that PCRE takes, so it is only the first try.
    return new RegExp(translated, `${[...flags].join('')}u`);
  } catch {
    try {
      return new RegExp(translated, [...flags].join(''));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw locationError(51091, `Regular expression is invalid: ${reason}`);
    }
  }
}

const POSIX: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  digit: '0-9',
  lower: 'a-z',
  space: '\\s',
  upper: 'A-Z',
  word: '\\w',
  xdigit: 'A-Fa-f0-9',
  punct: '!-\\/:-@\\[-`{-~',
};

/** Walks the pattern once, aware of escapes and character classes. */
function translatePcre(source: string, extended: boolean, multiline: boolean, dotAll: boolean): string {
  let out = '';
  let inClass = false;
  for (let at = 0; at < source.length; at++) {
    const char = source[at] as string;
    if (char === '\\') {
      const next = source[at + 1] ?? '';
      at += 1;
      out += inClass ? `\\${next}` : escapeOf(next, multiline);
    } else if (inClass) {
      const posix = char === '[' ? /^\[:([a-z]+):\]/.exec(source.slice(at)) : null;
      if (posix !== null && POSIX[posix[1] ?? ''] !== undefined) {
        out += POSIX[posix[1] ?? ''];
        at += posix[0].length - 1;
      } else {
        if (char === ']') inClass = false;
        out += char === '[' ? '\\[' : char;
      }
    } else if (char === '[') {
      inClass = true;
      out += char;
      // PCRE reads a closing bracket right after the opening one as a literal.
      if (source[at + 1] === '^') {
        out += '^';
        at += 1;
      }
      if (source[at + 1] === ']') {
        out += '\\]';
        at += 1;
      }
    } else if (extended && /\s/.test(char)) {
      // Extended mode: blanks outside classes mean nothing.
    } else if (extended && char === '#') {
      while (at + 1 < source.length && source[at + 1] !== '\n') at += 1;
    } else if (source.startsWith('(?P<', at)) {
      out += '(?<';
      at += 3;
    } else if (char === '$' && !multiline) {
      // Without `m`, PCRE's dollar also matches before a final newline.
      out += '(?=\\n?$)';
    } else if (char === '.' && !dotAll) {
      // PCRE's dot leaves out the newline only; JavaScript's also the other line ends.
      out += '[^\\n]';
    } else out += char;
  }
  return out;
}

function escapeOf(char: string, multiline: boolean): string {
  switch (char) {
    case 'A':
      return multiline ? '(?<![\\s\\S])' : '^';
    case 'z':
      return multiline ? '(?![\\s\\S])' : '$';
    case 'Z':
      return '(?=\\n?(?![\\s\\S]))';
    case 'h':
      return '[ \\t]';
    default:
      return `\\${char}`;
  }
}

/**
 * The literal prefix that every match of an anchored, case-sensitive pattern starts with, else null: `/^ab+/` gives
 * "a". For bounding an index; the predicate is still needed.
 */
export function regexPrefix(pattern: string, options: string): string | null {
  if (options.includes('i') || options.includes('x') || options.includes('m')) return null;
  const anchored = pattern.startsWith('^') ? 1 : pattern.startsWith('\\A') ? 2 : 0;
  if (anchored === 0 || pattern.includes('|')) return null;
  let prefix = '';
  for (let at = anchored; at < pattern.length; at++) {
    let char = pattern[at] as string;
    if (char === '\\') {
      const next = pattern[at + 1] ?? '';
      if (!/[^\w\s]/.test(next)) break;
      char = next;
      at += 1;
    } else if ('.[]()*+?{}^$'.includes(char)) {
      // A quantifier that allows zero takes the character before it back.
      if ('*?{'.includes(char)) prefix = [...prefix].slice(0, -1).join('');
      break;
    }
    prefix += char;
  }
  return prefix === '' ? null : prefix;
}

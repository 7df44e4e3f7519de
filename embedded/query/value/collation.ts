import { badValue } from '../errors';
import type { Collation, StringComparator } from '../types';
import { toNumber } from './numeric';

const byDefinition = new Map<string, StringComparator>();

/** The comparator of a collation, or undefined where strings compare by bytes (no collation, or locale "simple"). */
export function stringComparator(collation: Collation | undefined): StringComparator | undefined {
  if (collation === undefined || collation.locale === 'simple') return undefined;
  const strength = collation.strength === undefined ? 3 : toNumber(collation.strength);
  const caseLevel = collation.caseLevel === true;
  const numeric = collation.numericOrdering === true;
  const definition = [collation.locale, strength, caseLevel, numeric, collation.caseFirst, collation.alternate].join();
  const known = byDefinition.get(definition);
  if (known !== undefined) return known;
  const built = buildComparator(collation, strength, caseLevel, numeric);
  byDefinition.set(definition, built);
  return built;
}

function buildComparator(
  collation: Collation,
  strength: number,
  caseLevel: boolean,
  numeric: boolean,
): StringComparator {
  if (![1, 2, 3, 4, 5].includes(strength)) throw badValue(`Invalid collation strength: ${strength}`);
  const sensitivity = strength >= 3 ? 'variant' : strength === 2 ? 'accent' : caseLevel ? 'case' : 'base';
  const caseFirst = collation.caseFirst === 'upper' || collation.caseFirst === 'lower' ? collation.caseFirst : 'false';
  try {
    // MongoDB writes ICU locales with an underscore, Intl wants BCP 47.
    const locale = String(collation.locale).replace('_', '-');
    const ignorePunctuation = collation.alternate === 'shifted';
    return new Intl.Collator(locale, { sensitivity, numeric, caseFirst, ignorePunctuation }).compare;
  } catch {
    throw badValue(`Field 'locale' is invalid in: { locale: "${String(collation.locale)}" }`);
  }
}

/**
 * Order by code point, which is the order of the UTF-8 bytes; JavaScript's own `<` compares UTF-16 units and puts
 * surrogate pairs before U+E000..U+FFFF.
 */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return left >= 0xd800 && right >= 0xd800 ? rank(left) - rank(right) : left - right;
  }
  return a.length - b.length;
}

/** Puts surrogates above the rest of the basic plane. */
function rank(unit: number): number {
  return unit >= 0xe000 ? unit - 0x2000 : unit + 0x2000;
}

import fc from 'fast-check';
import { indexTerms, parseQuery, phraseTerms, runsOf } from './tokens';

describe('search terms', () => {
  it.each([
    ['Hershey’s Cookies', ['hershey', 'cooki']],
    ['COOKIE cookies', ['cooki', 'cooki']],
    ['Berries, berry', ['berri', 'berri']],
    ['Boxes box', ['box', 'box']],
    ['Rolled Oats', ['rolled', 'oat']],
    ['Tomatoes', ['tomato']],
    ['Swiss glass tennis asparagus', ['swiss', 'glass', 'tennis', 'asparagus']],
    ['Café Crème', ['cafe', 'creme']],
    ['100 %Fresh Milk 236mL', ['100', 'fresh', 'milk', '236ml']],
    ['3.7 Milk 1.5L x 3', ['3_7', 'milk', '1_5l', 'x', '3']],
    ['Ｍｉｌｋ　１Ｌ', ['milk', '1l']],
  ])('should fold the words of %j', (text, terms) => {
    expect(indexTerms(text)).toEqual(terms);
  });

  it('should cut Chinese into characters and pairs', () => {
    expect(indexTerms('鲜牛奶')).toEqual(['鲜', '牛', '奶', '鲜牛', '牛奶']);
  });

  it('should part scripts and keep the order of both', () => {
    expect(runsOf('UHT牛奶1公升')).toEqual([
      { kind: 'word', text: 'uht' },
      { kind: 'cjk', text: '牛奶' },
      { kind: 'word', text: '1' },
      { kind: 'cjk', text: '公升' },
    ]);
  });

  it('should not join characters across a gap', () => {
    expect(indexTerms('鲜 奶')).toEqual(['鲜', '奶']);
  });

  it('should pair neighbouring words only', () => {
    expect(phraseTerms('Oat Milk 牛奶 Drink')).toEqual(['oat milk']);
  });

  it('should keep kana and Hangul whole', () => {
    expect(indexTerms('ガム')).toEqual(['ガ', 'ム', 'ガム']);
    expect(indexTerms('우유')).toEqual(['우', '유', '우유']);
  });

  it('should name only fields that may be named', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        for (const term of [...indexTerms(text), ...phraseTerms(text)]) expect(term).toMatch(/^[^.$\0]+$/u);
      }),
    );
  });
});

describe('a query', () => {
  it('should ask for the pairs of a Chinese word', () => {
    expect(parseQuery('牛奶饮品')).toEqual({ terms: ['牛奶', '奶饮', '饮品'], prefix: null, phrases: [] });
  });

  it('should ask for a single Chinese character as it is', () => {
    expect(parseQuery('奶')).toEqual({ terms: ['奶'], prefix: null, phrases: [] });
  });

  it('should leave the last word open and like neighbours together', () => {
    expect(parseQuery('Oat Milk')).toEqual({ terms: ['oat'], prefix: 'milk', phrases: ['oat milk'] });
  });

  it('should close the last word by a space', () => {
    expect(parseQuery('oat milk ')).toEqual({ terms: ['oat', 'milk'], prefix: null, phrases: ['oat milk'] });
  });

  it('should not complete a single letter', () => {
    expect(parseQuery('vitamin c')).toEqual({ terms: ['vitamin', 'c'], prefix: null, phrases: ['vitamin c'] });
  });

  it('should drop signs, and ask for nothing when there is nothing else', () => {
    expect(parseQuery('$where: { .* }')).toEqual({ terms: ['where'], prefix: null, phrases: [] });
    expect(parseQuery('.*')).toEqual({ terms: [], prefix: null, phrases: [] });
  });

  it('should bound its conditions', () => {
    const words = Array.from({ length: 90 }, (_, index) => `w${index}`).join(' ');
    expect(parseQuery(words).terms).toHaveLength(24);
  });

  it('should find every text by any of its words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        const terms = new Set(indexTerms(text));
        const query = parseQuery(`${text} `);
        expect(query.terms.every((term) => terms.has(term))).toBe(true);
      }),
    );
  });
});

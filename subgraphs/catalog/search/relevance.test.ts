import { plainText } from './plain-text';
import { completableTerms, type SearchSource, termWeights } from './relevance';

const bare: SearchSource = {
  title: '',
  translations: [],
  vendor: null,
  productType: null,
  category: [],
  tags: [],
  descriptionHtml: '',
};
const weight = (source: Partial<SearchSource>, term: string): number => termWeights({ ...bare, ...source })[term] ?? 0;

describe('the worth of a term', () => {
  it('should fall from title over translation, vendor, category and tags to body', () => {
    const places = [
      weight({ title: 'milk and rice' }, 'milk'),
      weight({ translations: ['milk and rice'] }, 'milk'),
      weight({ vendor: 'milk' }, 'milk'),
      weight({ productType: 'milk' }, 'milk'),
      weight({ tags: ['milk'] }, 'milk'),
      weight({ descriptionHtml: '<p>milk</p>' }, 'milk'),
    ];
    expect(places).toEqual([...places].sort((a, b) => b - a));
    expect(new Set(places).size).toBe(places.length);
  });

  it('should be higher in a name of fewer words', () => {
    expect(weight({ title: 'Milk' }, 'milk')).toBeGreaterThan(weight({ title: 'Milk chocolate wafer' }, 'milk'));
  });

  it('should put goods of a category before goods that mention it', () => {
    const condensed = weight({ category: [['Dairy'], ['Milk', '牛奶'], ['Condensed']], tags: ['牛奶'] }, '牛奶');
    const chocolate = weight(
      { translations: ['好时 牛奶朱古力', '好時 牛奶朱古力'], descriptionHtml: '牛奶朱古力' },
      '牛奶',
    );
    expect(condensed).toBeGreaterThan(chocolate);
  });

  it('should count a translated term once, whatever the number of translations', () => {
    expect(weight({ translations: ['鲜牛奶', '鮮牛奶'] }, '牛奶')).toBe(weight({ translations: ['鲜牛奶'] }, '牛奶'));
  });

  it('should think little of the root of a deep category', () => {
    const diaper = weight({ category: [['Milk powder / Baby care'], ['Diapers']] }, 'milk');
    expect(diaper).toBeLessThan(weight({ category: [['Milk powder / Baby care']] }, 'milk'));
    expect(diaper).toBe(25);
  });

  it('should know neighbours in names and categories', () => {
    expect(weight({ title: 'Oat Milk', productType: 'Oat milk' }, 'oat milk')).toBe(165);
  });

  it('should offer words for completion, not phrases and not Chinese', () => {
    expect(completableTerms(termWeights({ ...bare, title: 'Oat Milk 牛奶 x' })).sort()).toEqual(['milk', 'oat']);
  });
});

describe('plain text of HTML', () => {
  it('should part blocks, join inline markup and read entities', () => {
    expect(plainText('<p lang="zh">牛<b>奶</b></p><p>M&amp;M&#39;s&nbsp;&bull; caf&eacute; &#x725b;</p>')).toBe(
      "牛奶 M&M's café 牛",
    );
  });

  it('should take linear time for text full of brackets', () => {
    expect(plainText('<'.repeat(200_000))).toHaveLength(200_000);
  });
});

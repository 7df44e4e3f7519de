import { categoryLevels } from './category';

const names = (...args: Parameters<typeof categoryLevels>) => categoryLevels(...args).map(({ name }) => name);

describe('the category of an imported product', () => {
  it('should be its Product Category, split at ">"', () => {
    expect(names('Men > Tops > Hoodies & Sweatshirts', 'Top', ['Men/Tops'])).toEqual([
      'Men',
      'Tops',
      'Hoodies & Sweatshirts',
    ]);
  });

  it('should be the path its tags spell in two languages, with the Chinese names', () => {
    expect(categoryLevels(null, 'UHT milk', ['Dairy', 'Milk', 'UHT milk', '奶类', '牛奶', 'UHT牛奶'])).toEqual([
      { name: 'Dairy', translations: [{ language: 'zh', title: '奶类' }] },
      { name: 'Milk', translations: [{ language: 'zh', title: '牛奶' }] },
      { name: 'UHT milk', translations: [{ language: 'zh', title: 'UHT牛奶' }] },
    ]);
  });

  it.each([
    [['summer', 'Top']],
    [['Top', 'summer']],
    [['Dairy', 'Top', '奶类']],
    [['Dairy', 'Top', '奶类', 'cold']],
    [[]],
  ])('should be its type alone when its tags are %j', (tags) => {
    expect(names(null, 'Top', tags)).toEqual(['Top']);
  });

  it('should be none without type and category', () => {
    expect(names(null, null, ['a'])).toEqual([]);
  });
});

import { nameFor } from './language';

const translations = [
  { language: 'zh-Hans', title: '鲜牛奶' },
  { language: 'zh-Hant', title: '鮮牛奶' },
];

describe('the name for a reader', () => {
  it.each([
    [[], 'Fresh Milk'],
    [['zh-Hant'], '鮮牛奶'],
    [['zh-HK', 'en'], '鮮牛奶'],
    [['zh-TW'], '鮮牛奶'],
    [['zh-Hans-CN'], '鲜牛奶'],
    [['zh-CN'], '鲜牛奶'],
    [['zh'], '鲜牛奶'],
    [['en-GB', 'zh-HK'], 'Fresh Milk'],
    [['fr', 'zh-HK'], '鮮牛奶'],
    [['fr', 'de'], 'Fresh Milk'],
    [['*'], 'Fresh Milk'],
  ])('should be right for %j', (languages, title) => {
    expect(nameFor('Fresh Milk', translations, languages)).toBe(title);
  });

  it('should be Chinese in the other script rather than English', () => {
    expect(nameFor('Honey', [{ language: 'zh-Hans', title: '蜂蜜' }], ['zh-HK', 'en'])).toBe('蜂蜜');
  });

  it('should take a name stored in Chinese for Chinese', () => {
    expect(nameFor('牛奶', [{ language: 'en', title: 'Milk' }], ['zh-HK'])).toBe('牛奶');
    expect(nameFor('牛奶', [{ language: 'en', title: 'Milk' }], ['en'])).toBe('Milk');
  });
});

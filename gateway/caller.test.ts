import { languagesOf } from './caller';

describe('the languages of a request', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['zh-HK', ['zh-HK']],
    ['en;q=0.5, zh-HK, zh;q=0.9', ['zh-HK', 'zh', 'en']],
    ['*, fr;q=0', []],
    ['en;q=x, <script>, zh-Hant-HK;q=0.1', ['zh-Hant-HK']],
    [
      Array.from({ length: 50 }, (_, index) => `a${'bcdefghij'[index % 9]}`).join(','),
      ['ab', 'ac', 'ad', 'ae', 'af', 'ag'],
    ],
  ])('should read %p', (header, tags) => {
    expect(languagesOf(header)).toEqual(tags);
  });
});

import { BSONRegExp } from 'bson';
import { compileRegex, regexParts, regexPrefix } from './regex';

describe('compileRegex', () => {
  it.each([
    ['^ab', '', 'abc', true],
    ['AB', 'i', 'xaby', true],
    ['(?i)AB', '', 'xaby', true],
    ['^b$', 'm', 'a\nb\nc', true],
    ['^b$', '', 'a\nb\nc', false],
    ['a.c', '', 'a\nc', false],
    ['a.c', '', 'a\rc', true],
    ['a.c', 's', 'a\nc', true],
    ['a b # note\n c', 'x', 'abc', true],
    ['[a b]', 'x', ' ', true],
    ['abc$', '', 'abc\n', true],
    ['abc$', '', 'abc\n\n', false],
    ['\\Aab', 'm', 'x\nab', false],
    ['c\\z', '', 'abc', true],
    ['[[:digit:]]+', '', 'a42', true],
    ['[]a]', '', ']', true],
    ['(?P<n>a)\\k<n>', '', 'aa', true],
    ['\\-', '', '-', true],
    ['^.$', '', '\u{1f600}', true],
    ['é', 'i', 'É', true],
  ])('should match /%s/%s with %j: %s', (pattern, options, text, matches) => {
    expect(compileRegex(pattern, options).test(text)).toBe(matches);
  });

  it.each([
    ['(', '', 51091],
    ['a', 'q', 51108],
    ['a\0b', '', 2],
  ])('should refuse /%s/%s', (pattern, options, code) => {
    expect(() => compileRegex(pattern, options)).toThrow(expect.objectContaining({ code }));
  });
});

describe('regexPrefix', () => {
  it.each([
    ['^abc', '', 'abc'],
    ['^ab+', '', 'ab'],
    ['^ab*', '', 'a'],
    ['^a\\.b', '', 'a.b'],
    ['^a\\d', '', 'a'],
    ['^a{0,2}', '', null],
    ['^\u{1f600}?x', '', null],
    ['abc', '', null],
    ['^abc', 'i', null],
    ['^a|b', '', null],
    ['^(ab)', '', null],
    ['\\Aab', '', 'ab'],
  ])('should find the prefix of /%s/%s', (pattern, options, prefix) => {
    expect(regexPrefix(pattern, options)).toBe(prefix);
  });
});

describe('regexParts', () => {
  it('should read both kinds of regular expression', () => {
    expect(regexParts(new BSONRegExp('a', 'ix'))).toStrictEqual({ pattern: 'a', options: 'ix' });
    expect(regexParts(/a/gim)).toStrictEqual({ pattern: 'a', options: 'im' });
  });
});

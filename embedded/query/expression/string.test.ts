import { BSONRegExp } from 'bson';
import { evaluate } from '../testing/evaluate';
import { decimal, double, int, long } from '../testing/values';

describe('strings', () => {
  it.each([
    [{ $concat: ['a', 'b', 'c'] }, 'abc'],
    [{ $concat: ['a', '$missing'] }, null],
    [{ $toUpper: 'aé1' }, 'Aé1'],
    [{ $toLower: 'AÉ' }, 'aÉ'],
    [{ $toLower: null }, ''],
    [{ $toUpper: int(5) }, '5'],
    [{ $trim: { input: ' \n a b \t' } }, 'a b'],
    [{ $trim: { input: 'xxaxbxx', chars: 'x' } }, 'axb'],
    [{ $ltrim: { input: '  a ' } }, 'a '],
    [{ $rtrim: { input: ' a  ' } }, ' a'],
    [{ $trim: { input: null } }, null],
    [{ $split: ['June-15-2013', '-'] }, ['June', '15', '2013']],
    [{ $split: ['abc', 'x'] }, ['abc']],
    [{ $split: ['axb', 'x'] }, ['a', 'b']],
    [{ $substrCP: ['h\u{1f600}llo', int(1), int(2)] }, '\u{1f600}l'],
    [{ $substrCP: ['abc', int(5), int(2)] }, ''],
    [{ $substrBytes: ['éa', int(0), int(2)] }, 'é'],
    [{ $substr: ['abcde', int(1), int(-1)] }, 'bcde'],
    [{ $substrBytes: [null, int(0), int(1)] }, ''],
    [{ $strLenCP: 'h\u{1f600}' }, int(2)],
    [{ $strLenBytes: 'é' }, int(2)],
    [{ $indexOfCP: ['\u{1f600}abc', 'b'] }, int(2)],
    [{ $indexOfCP: ['abcabc', 'a', int(1)] }, int(3)],
    [{ $indexOfCP: ['abcabc', 'c', int(0), int(2)] }, int(-1)],
    [{ $indexOfCP: ['abc', ''] }, int(0)],
    [{ $indexOfBytes: ['éa', 'a'] }, int(2)],
    [{ $indexOfBytes: [null, 'a'] }, null],
    [{ $replaceOne: { input: 'a.a', find: 'a', replacement: { $literal: '$&' } } }, '$&.a'],
    [{ $replaceAll: { input: 'a.a', find: 'a', replacement: { $literal: '$&' } } }, '$&.$&'],
    [{ $replaceAll: { input: 'abc', find: null, replacement: 'x' } }, null],
    [{ $strcasecmp: ['ABC', 'abd'] }, int(-1)],
    [{ $strcasecmp: ['ABC', 'abc'] }, int(0)],
  ])('should evaluate %j', (expression, result) => expect(evaluate(expression)).toStrictEqual(result));

  it.each([
    [{ $concat: [int(1)] }, 16702],
    [{ $split: ['a', ''] }, 40087],
    [{ $substrBytes: ['é', int(1), int(1)] }, 28656],
    [{ $substrBytes: ['é', int(0), int(1)] }, 28657],
    [{ $substrCP: ['a', int(-1), int(1)] }, 34455],
    [{ $strLenCP: null }, 34471],
    [{ $trim: { input: int(1) } }, 50699],
    [{ $replaceOne: { input: int(1), find: 'a', replacement: 'b' } }, 51746],
    [{ $toUpper: [[int(1)]] }, 16007],
  ])('should refuse %j', (expression, code) => {
    expect(() => evaluate(expression)).toThrow(expect.objectContaining({ code }));
  });
});

describe('regular expressions', () => {
  it.each([
    [{ $regexMatch: { input: 'Abc', regex: '^a', options: 'i' } }, true],
    [{ $regexMatch: { input: null, regex: 'a' } }, false],
    [
      { $regexFind: { input: '\u{1f600}ab12', regex: '([a-z]+)(\\d)?(x)?' } },
      { match: 'ab1', idx: int(1), captures: ['ab', '1', null] },
    ],
    [{ $regexFind: { input: 'b', regex: new BSONRegExp('a') } }, null],
    [
      { $regexFindAll: { input: 'a1b2', regex: /[a-z](\d)/ } },
      [
        { match: 'a1', idx: int(0), captures: ['1'] },
        { match: 'b2', idx: int(2), captures: ['2'] },
      ],
    ],
    [{ $regexFindAll: { input: 'x', regex: 'a' } }, []],
  ])('should evaluate %j', (expression, result) => expect(evaluate(expression)).toStrictEqual(result));

  it.each([
    [{ $regexMatch: { input: int(1), regex: 'a' } }, 51104],
    [{ $regexMatch: { input: 'a', regex: int(1) } }, 51105],
    [{ $regexMatch: { input: 'a', regex: new BSONRegExp('a', 'i'), options: 'm' } }, 51107],
    [{ $regexMatch: { input: 'a' } }, 31023],
  ])('should refuse %j', (expression, code) => {
    expect(() => evaluate(expression)).toThrow(expect.objectContaining({ code }));
  });
});

describe('numbers as text', () => {
  it.each([
    [int(5), '5'],
    [long(2n ** 60n), '1152921504606846976'],
    [double(2), '2'],
    [double(2.5), '2.5'],
    [double(-0), '-0'],
    [double(Infinity), 'Infinity'],
    [double(Number.NaN), 'NaN'],
    [decimal('1.50'), '1.50'],
  ])('should write %p as %s', (value, text) => expect(evaluate({ $toString: value })).toBe(text));
});

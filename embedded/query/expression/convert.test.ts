import { Binary, BSONRegExp, MaxKey, ObjectId, Timestamp, UUID } from 'bson';
import { evaluate } from '../testing/evaluate';
import { decimal, double, int, long } from '../testing/values';

const id = new ObjectId('5ab9c3da31c2ab715d421285');

describe('conversions', () => {
  it.each([
    [{ $toInt: true }, int(1)],
    [{ $toInt: double(1.99) }, int(1)],
    [{ $toInt: decimal('-5.5') }, int(-5)],
    [{ $toInt: long(5) }, int(5)],
    [{ $toInt: '-5' }, int(-5)],
    [{ $toInt: null }, null],
    [{ $toLong: double(2 ** 40) }, long(2 ** 40)],
    [{ $toLong: new Date(5) }, long(5)],
    [{ $toLong: '9223372036854775807' }, long(2n ** 63n - 1n)],
    [{ $toLong: decimal('9223372036854775807') }, long(2n ** 63n - 1n)],
    [{ $toDouble: decimal('1.5') }, double(1.5)],
    [{ $toDouble: '-1e3' }, double(-1000)],
    [{ $toDouble: new Date(5) }, double(5)],
    [{ $toDouble: '.5' }, double(0.5)],
    [{ $toDecimal: int(10) }, decimal('10')],
    [{ $toDecimal: double(2.5) }, decimal('2.50000000000000')],
    [{ $toDecimal: '1.500' }, decimal('1.500')],
    [{ $toDecimal: true }, decimal('1')],
    [{ $toDecimal: long(2n ** 63n - 1n) }, decimal('9223372036854775807')],
    [{ $toString: id }, '5ab9c3da31c2ab715d421285'],
    [{ $toString: new Date(1000) }, '1970-01-01T00:00:01.000Z'],
    [{ $toString: false }, 'false'],
    [{ $toString: new Binary(Buffer.from('hi')) }, 'aGk='],
    [{ $toString: new UUID('aa479d5f-2a5d-4a36-b2b2-4e0f4d9a1a11') }, 'aa479d5f-2a5d-4a36-b2b2-4e0f4d9a1a11'],
    [{ $toDate: long(1000) }, new Date(1000)],
    [{ $toDate: double(1000.9) }, new Date(1000)],
    [{ $toDate: decimal('1000') }, new Date(1000)],
    [{ $toDate: '2018-03-27' }, new Date('2018-03-27T00:00:00Z')],
    [{ $toDate: id }, new Date('2018-03-27T04:08:58Z')],
    [{ $toDate: new Timestamp({ t: 5, i: 1 }) }, new Date(5000)],
    [{ $toBool: double(0) }, false],
    [{ $toBool: 'false' }, true],
    [{ $toBool: decimal('0.0') }, false],
    [{ $toObjectId: '5ab9c3da31c2ab715d421285' }, id],
    [{ $convert: { input: 'x', to: 'int', onError: 'bad' } }, 'bad'],
    [{ $convert: { input: '$missing', to: 'int', onNull: 'none' } }, 'none'],
    [{ $convert: { input: '7', to: int(16) } }, int(7)],
    [{ $convert: { input: '7', to: { type: 'long' } } }, long(7)],
    [{ $convert: { input: int(7), to: null } }, null],
    [{ $type: '$missing' }, 'missing'],
    [{ $type: int(1) }, 'int'],
    [{ $type: 1.5 }, 'double'],
    [{ $type: new MaxKey() }, 'maxKey'],
    [{ $type: new BSONRegExp('x') }, 'regex'],
    [{ $type: [[int(1)]] }, 'array'],
    [{ $isNumber: decimal('1') }, true],
    [{ $isNumber: '1' }, false],
  ])('should evaluate %j', (expression, result) => expect(evaluate(expression)).toStrictEqual(result));

  it.each([
    [{ $toInt: double(2147483648) }, 241],
    [{ $toInt: double(Number.NaN) }, 241],
    [{ $toInt: '5.5' }, 241],
    [{ $toInt: '9999999999' }, 241],
    [{ $toInt: new Date(0) }, 241],
    [{ $toLong: double(1e19) }, 241],
    [{ $toDouble: 'x' }, 241],
    [{ $toDouble: '1e999' }, 241],
    [{ $toDecimal: 'x' }, 241],
    [{ $toObjectId: 'abc' }, 241],
    [{ $toDate: true }, 241],
    [{ $toDate: int(5) }, 241],
    [{ $toString: { a: 1 } }, 241],
    [{ $convert: { input: int(1), to: 'nope' } }, 2],
    [{ $convert: { input: int(1) } }, 9],
  ])('should refuse %j', (expression, code) => {
    expect(() => evaluate(expression)).toThrow(expect.objectContaining({ code }));
  });
});

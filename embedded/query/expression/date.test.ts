import { ObjectId, Timestamp } from 'bson';
import { evaluate, NOW } from '../testing/evaluate';
import { int, long } from '../testing/values';

const date = (text: string): Date => new Date(text);
const at = date('2024-12-30T23:30:15.042Z');
const dst = 'America/New_York';

describe('date parts', () => {
  it.each([
    [{ $year: at }, int(2024)],
    [{ $month: at }, int(12)],
    [{ $dayOfMonth: [at] }, int(30)],
    [{ $hour: at }, int(23)],
    [{ $minute: at }, int(30)],
    [{ $second: at }, int(15)],
    [{ $millisecond: at }, int(42)],
    [{ $dayOfWeek: at }, int(2)],
    [{ $dayOfYear: at }, int(365)],
    [{ $week: at }, int(52)],
    [{ $isoWeek: at }, int(1)],
    [{ $isoWeekYear: at }, long(2025)],
    [{ $isoDayOfWeek: at }, int(1)],
    [{ $week: date('2024-01-01T00:00:00Z') }, int(0)],
    [{ $isoWeek: date('2021-01-03T00:00:00Z') }, int(53)],
    [{ $year: { date: at, timezone: 'Asia/Shanghai' } }, int(2024)],
    [{ $dayOfMonth: { date: at, timezone: 'Asia/Shanghai' } }, int(31)],
    [{ $hour: { date: at, timezone: '+05:30' } }, int(5)],
    [{ $hour: { date: at, timezone: '-0230' } }, int(21)],
    [{ $year: null }, null],
    [{ $year: { date: at, timezone: null } }, null],
    [{ $year: new ObjectId('65920080aaaaaaaaaaaaaaaa') }, int(2024)],
    [{ $year: new Timestamp({ t: 0, i: 1 }) }, int(1970)],
    [{ $tsSecond: new Timestamp({ t: 7, i: 1 }) }, long(7)],
    [{ $tsIncrement: new Timestamp({ t: 7, i: 2 }) }, long(2)],
    [{ $year: '$$NOW' }, int(NOW.getUTCFullYear())],
    [
      { $dateToParts: { date: at } },
      {
        year: int(2024),
        month: int(12),
        day: int(30),
        hour: int(23),
        minute: int(30),
        second: int(15),
        millisecond: int(42),
      },
    ],
    [
      { $dateToParts: { date: at, timezone: '+01', iso8601: true } },
      {
        isoWeekYear: int(2025),
        isoWeek: int(1),
        isoDayOfWeek: int(2),
        hour: int(0),
        minute: int(30),
        second: int(15),
        millisecond: int(42),
      },
    ],
    [{ $dateFromParts: { year: int(2024), month: int(2), day: int(29), hour: int(12) } }, date('2024-02-29T12:00:00Z')],
    [{ $dateFromParts: { year: int(2024), month: int(14), day: int(0) } }, date('2025-01-31T00:00:00Z')],
    [
      { $dateFromParts: { isoWeekYear: int(2025), isoWeek: int(1), isoDayOfWeek: int(1) } },
      date('2024-12-30T00:00:00Z'),
    ],
    [{ $dateFromParts: { year: int(2024), month: int(7), timezone: dst } }, date('2024-07-01T04:00:00Z')],
    [{ $dateFromParts: { year: int(2024), month: null } }, null],
  ])('should evaluate %j', (expression, result) => expect(evaluate(expression)).toStrictEqual(result));

  it.each([
    [{ $year: 'x' }, 16006],
    [{ $year: { date: at, timezone: 'Nowhere/At_All' } }, 40485],
    [{ $year: { date: at, timezone: int(5) } }, 40517],
    [{ $dateFromParts: { year: int(10000) } }, 40523],
    [{ $dateFromParts: { month: int(1) } }, 40516],
    [{ $dateFromParts: { year: int(2024), isoWeekYear: int(2024) } }, 40489],
    [{ $dateToParts: { wrong: at } }, 40518],
  ])('should refuse %j', (expression, code) => {
    expect(() => evaluate(expression)).toThrow(expect.objectContaining({ code }));
  });
});

describe('dates as text', () => {
  it.each([
    [{ $dateToString: { date: at } }, '2024-12-30T23:30:15.042Z'],
    [{ $dateToString: { date: at, timezone: dst } }, '2024-12-30T18:30:15.042'],
    [
      { $dateToString: { date: at, format: '%Y/%m/%d %H-%M-%S.%L %% %j %w %u %U %V %G %b %B' } },
      '2024/12/30 23-30-15.042 % 365 2 1 52 01 2025 Dec December',
    ],
    [{ $dateToString: { date: at, format: '%z %Z', timezone: dst } }, '-0500 -300'],
    [{ $dateToString: { date: null } }, null],
    [{ $dateToString: { date: null, onNull: 'none' } }, 'none'],
    [{ $dateFromString: { dateString: '2024-02-29T10:11:12.345Z' } }, date('2024-02-29T10:11:12.345Z')],
    [{ $dateFromString: { dateString: '2024-02-29' } }, date('2024-02-29T00:00:00Z')],
    [{ $dateFromString: { dateString: '2024-02-29 10:11' } }, date('2024-02-29T10:11:00Z')],
    [{ $dateFromString: { dateString: '2024-02-29T10:11:12+02:00' } }, date('2024-02-29T08:11:12Z')],
    [{ $dateFromString: { dateString: '2024-07-01T00:00:00', timezone: dst } }, date('2024-07-01T04:00:00Z')],
    [{ $dateFromString: { dateString: 'Feb 8 2017 10:00' } }, date('2017-02-08T10:00:00Z')],
    [{ $dateFromString: { dateString: '06-15-2018', format: '%m-%d-%Y' } }, date('2018-06-15T00:00:00Z')],
    [{ $dateFromString: { dateString: '15 Jun 2018', format: '%d %b %Y' } }, date('2018-06-15T00:00:00Z')],
    [{ $dateFromString: { dateString: '2017.35.3', format: '%G.%V.%u' } }, date('2017-08-30T00:00:00Z')],
    [{ $dateFromString: { dateString: '2018 060', format: '%Y %j' } }, date('2018-03-01T00:00:00Z')],
    [{ $dateFromString: { dateString: 'rubbish', onError: 'bad' } }, 'bad'],
    [{ $dateFromString: { dateString: int(5), onError: 'bad' } }, 'bad'],
    [{ $dateFromString: { dateString: null, onNull: 'none' } }, 'none'],
  ])('should evaluate %j', (expression, result) => expect(evaluate(expression)).toStrictEqual(result));

  it.each([
    [{ $dateFromString: { dateString: 'rubbish' } }, 241],
    [{ $dateFromString: { dateString: '2023-02-29' } }, 241],
    [{ $dateFromString: { dateString: '2024-02-29T00:00:00Z', timezone: dst } }, 241],
    [{ $dateFromString: { dateString: 'x', format: '%Y' } }, 241],
    [{ $dateToString: { date: at, format: '%q' } }, 18536],
    [{ $dateToString: { date: at, format: '%' } }, 18535],
    [{ $dateToString: { date: 'x' } }, 16006],
  ])('should refuse %j', (expression, code) => {
    expect(() => evaluate(expression)).toThrow(expect.objectContaining({ code }));
  });
});

describe('date arithmetic', () => {
  const add = (start: string, unit: string, amount: number, timezone = 'UTC') => ({
    $dateAdd: { startDate: date(start), unit, amount: int(amount), timezone },
  });

  it.each([
    [add('2024-01-31T10:00:00Z', 'month', 1), '2024-02-29T10:00:00Z'],
    [add('2024-02-29T10:00:00Z', 'year', 1), '2025-02-28T10:00:00Z'],
    [add('2024-01-31T10:00:00Z', 'quarter', -1), '2023-10-31T10:00:00Z'],
    [add('2024-01-31T10:00:00Z', 'week', 2), '2024-02-14T10:00:00Z'],
    [add('2024-01-31T10:00:00Z', 'hour', 36), '2024-02-01T22:00:00Z'],
    [add('2024-01-31T10:00:00Z', 'millisecond', 5), '2024-01-31T10:00:00.005Z'],
    // Clocks went forward on 10 March 2024: the same wall clock a day later is 23 hours on.
    [add('2024-03-09T17:00:00Z', 'day', 1, dst), '2024-03-10T16:00:00Z'],
    [add('2024-03-09T17:00:00Z', 'hour', 24, dst), '2024-03-10T17:00:00Z'],
    // 02:30 does not exist that day.
    [add('2024-03-09T07:30:00Z', 'day', 1, dst), '2024-03-10T07:30:00Z'],
    [
      { $dateSubtract: { startDate: date('2024-03-31T00:00:00Z'), unit: 'month', amount: int(1) } },
      '2024-02-29T00:00:00Z',
    ],
  ])('should evaluate %j', (expression, result) => expect(evaluate(expression)).toStrictEqual(date(result)));

  const diff = (start: string, end: string, unit: string, more: object = {}) => ({
    $dateDiff: { startDate: date(start), endDate: date(end), unit, ...more },
  });

  it.each([
    [diff('2023-12-31T23:59:59Z', '2024-01-01T00:00:00Z', 'year'), 1],
    [diff('2024-01-01T00:00:00Z', '2024-12-31T00:00:00Z', 'year'), 0],
    [diff('2024-01-31T00:00:00Z', '2024-04-01T00:00:00Z', 'quarter'), 1],
    [diff('2024-01-31T00:00:00Z', '2023-12-01T00:00:00Z', 'month'), -1],
    [diff('2024-05-04T00:00:00Z', '2024-05-05T00:00:00Z', 'week'), 1],
    [diff('2024-05-04T00:00:00Z', '2024-05-05T00:00:00Z', 'week', { startOfWeek: 'monday' }), 0],
    [diff('2024-05-05T00:00:00Z', '2024-05-06T00:00:00Z', 'week', { startOfWeek: 'Mon' }), 1],
    [diff('2024-05-04T23:00:00Z', '2024-05-05T01:00:00Z', 'day'), 1],
    [diff('2024-05-04T23:00:00Z', '2024-05-05T01:00:00Z', 'day', { timezone: dst }), 0],
    [diff('2024-05-04T23:59:00Z', '2024-05-05T00:01:00Z', 'hour'), 1],
    [diff('2024-05-04T00:00:00Z', '2024-05-04T00:00:01.5Z', 'millisecond'), 1500],
  ])('should evaluate %j', (expression, result) => expect(evaluate(expression)).toStrictEqual(long(result)));

  const trunc = (text: string, unit: string, more: object = {}) => ({
    $dateTrunc: { date: date(text), unit, ...more },
  });

  it.each([
    [trunc('2021-03-20T11:30:05Z', 'year'), '2021-01-01T00:00:00Z'],
    [trunc('2021-03-20T11:30:05Z', 'quarter'), '2021-01-01T00:00:00Z'],
    [trunc('2021-03-20T11:30:05Z', 'month', { binSize: int(6) }), '2021-01-01T00:00:00Z'],
    [trunc('2021-03-20T11:30:05Z', 'week'), '2021-03-14T00:00:00Z'],
    [trunc('2021-03-20T11:30:05Z', 'week', { startOfWeek: 'monday' }), '2021-03-15T00:00:00Z'],
    [trunc('2021-03-20T11:30:05Z', 'day', { timezone: 'Asia/Shanghai' }), '2021-03-19T16:00:00Z'],
    [trunc('2021-03-20T11:30:05Z', 'hour', { binSize: int(2) }), '2021-03-20T10:00:00Z'],
    [trunc('2021-03-20T11:30:05Z', 'minute', { binSize: int(15) }), '2021-03-20T11:30:00Z'],
    [trunc('1999-12-31T23:59:59Z', 'hour', { binSize: int(5) }), '1999-12-31T19:00:00Z'],
  ])('should evaluate %j', (expression, result) => expect(evaluate(expression)).toStrictEqual(date(result)));

  it.each([
    [{ $dateAdd: { startDate: at, unit: 'fortnight', amount: int(1) } }, 9],
    [{ $dateAdd: { startDate: at, unit: 'day', amount: 'x' } }, 5166405],
    [{ $dateAdd: { startDate: at, unit: 'day' } }, 40522],
    [{ $dateDiff: { startDate: at, endDate: at, unit: 'week', startOfWeek: 'someday' } }, 9],
    [{ $dateTrunc: { date: at, unit: 'day', binSize: int(0) } }, 5439018],
  ])('should refuse %j', (expression, code) => {
    expect(() => evaluate(expression)).toThrow(expect.objectContaining({ code }));
  });

  it('should refuse a date beyond the range', () => {
    const overflow = expect.objectContaining({ code: 15 });
    expect(() => evaluate({ $dateAdd: { startDate: at, unit: 'year', amount: int(1_000_000) } })).toThrow(overflow);
    expect(() =>
      evaluate({ $dateAdd: { startDate: at, unit: 'day', amount: int(2_000_000_000), timezone: dst } }),
    ).toThrow(overflow);
    expect(() => evaluate({ $add: [at, long(2n ** 60n)] })).toThrow(overflow);
    expect(() => evaluate({ $toDate: long(2n ** 60n) })).toThrow(overflow);
    expect(() => evaluate({ $year: '$d' }, { d: new Date(Number.NaN) })).toThrow(overflow);
  });

  it('should give null for null', () => {
    expect(evaluate({ $dateAdd: { startDate: null, unit: 'day', amount: int(1) } })).toBeNull();
    expect(evaluate({ $dateDiff: { startDate: at, endDate: '$missing', unit: 'day' } })).toBeNull();
    expect(evaluate({ $dateTrunc: { date: at, unit: null } })).toBeNull();
  });
});

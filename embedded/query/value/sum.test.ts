import { decimal, double, int, long } from '../testing/values';
import { Deviation } from './deviation';
import { Sum } from './sum';

function sum(...values: unknown[]): Sum {
  const total = new Sum();
  for (const value of values) total.add(value);
  return total;
}

describe('Sum', () => {
  it.each([
    [[], int(0)],
    [[int(1), int(2)], int(3)],
    [[int(2147483647), int(1)], long(2147483648)],
    [[int(1), long(2)], long(3)],
    [[long(2n ** 62n), long(2n ** 62n)], double(2 ** 63)],
    [[long(2n ** 53n), int(1)], long(2n ** 53n + 1n)],
    [[int(1), double(0.5)], double(1.5)],
    [[0.1, 0.2, 0.3], double(0.6)],
    [Array.from({ length: 10 }, () => double(0.1)), double(1)],
    [[double(1e100), double(1), double(-1e100)], double(1)],
    [[decimal('1.50'), decimal('1.5')], decimal('3.00')],
    [[decimal('1.5'), int(1)], decimal('2.5')],
    [[decimal('1.5'), long(2n ** 60n)], decimal('1152921504606846977.5')],
    [[decimal('1.5'), double(0.25)], decimal('1.75')],
    [['text', null, int(4), true], int(4)],
    [[double(Infinity), double(-Infinity)], double(Number.NaN)],
    [[double(Infinity), int(1)], double(Infinity)],
  ])('should add %p', (values, result) => expect(sum(...values).result()).toStrictEqual(result));

  it.each([
    [[], null],
    [[int(1), int(2)], double(1.5)],
    [[long(4), int(2)], double(3)],
    [[decimal('1'), decimal('2')], decimal('1.5')],
    [[decimal('1'), int(1), int(1)], decimal('1')],
    [['x'], null],
  ])('should give the mean of %p', (values, mean) => expect(sum(...values).mean()).toStrictEqual(mean));
});

describe('Deviation', () => {
  it('should give the population and the sample deviation', () => {
    const gathered = new Deviation();
    for (const value of [2, 4, 4, 4, 5, 5, 7, 9]) gathered.add(int(value));
    expect(gathered.population()).toStrictEqual(double(2));
    expect(gathered.sample()?.value).toBeCloseTo(2.13809, 5);
  });

  it('should be null of too few numbers', () => {
    const gathered = new Deviation();
    expect([gathered.population(), gathered.sample()]).toStrictEqual([null, null]);
    gathered.add(int(3));
    gathered.add('no number');
    expect([gathered.population(), gathered.sample()]).toStrictEqual([double(0), null]);
  });
});

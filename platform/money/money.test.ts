import fc from 'fast-check';
import { addMoney, allocateMoney, formatAmount, MoneyError, money, parseMoney } from './money';

describe('money', () => {
  it('should read and write the digits of its currency', () => {
    expect(parseMoney('12.5', 'HKD')).toEqual({ minor: 1250, currencyCode: 'HKD' });
    expect(parseMoney('-0.05', 'CNY')).toEqual({ minor: -5, currencyCode: 'CNY' });
    expect(parseMoney('1200', 'JPY')).toEqual({ minor: 1200, currencyCode: 'JPY' });
    expect(formatAmount(money(5, 'HKD'))).toBe('0.05');
    expect(formatAmount(money(-1250, 'HKD'))).toBe('-12.50');
    expect(formatAmount(money(7, 'KWD'))).toBe('0.007');
    expect(formatAmount(money(300, 'JPY'))).toBe('300');
  });

  it.each(['', '1.', '.5', '1e3', '0x10', 'NaN', '12.505'])('should refuse %p instead of rounding it', (text) => {
    expect(() => parseMoney(text, 'HKD')).toThrow(MoneyError);
  });

  it('should refuse fractions of a minor unit, unsafe amounts and foreign currencies', () => {
    expect(() => money(0.5, 'HKD')).toThrow(MoneyError);
    expect(() => money(Number.MAX_SAFE_INTEGER + 1, 'HKD')).toThrow(MoneyError);
    expect(() => money(1, 'hkd')).toThrow(MoneyError);
    expect(() => addMoney(money(1, 'HKD'), money(1, 'CNY'))).toThrow('do not mix');
  });

  it('should give back every amount it wrote', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom('HKD', 'JPY', 'KWD'), (minor, currency) => {
        const value = money(minor, currency);
        expect(parseMoney(formatAmount(value), currency)).toEqual(value);
      }),
    );
  });

  it('should split an amount into shares that add up to it exactly', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.array(fc.nat(1000), { minLength: 1, maxLength: 20 }), (minor, weights) => {
        fc.pre(weights.some((weight) => weight > 0));
        const shares = allocateMoney(money(minor, 'HKD'), weights);
        expect(shares.reduce((sum, share) => sum + BigInt(share.minor), 0n)).toBe(BigInt(minor));
        shares.forEach((share, index) => {
          if (weights[index] === 0) expect(share.minor).toBe(0);
        });
      }),
    );
  });
});

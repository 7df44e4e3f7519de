/**
 * Money is a whole number of minor units (cents, fen, yen) with its ISO 4217 currency. Never a float.
 * Amounts are safe integers; an operation that would leave that range throws instead of rounding.
 */
export interface Money {
  readonly minor: number;
  readonly currencyCode: string;
}

export class MoneyError extends Error {
  override readonly name = 'MoneyError';
}

// ISO 4217 minor-unit exponents that differ from 2; source: ISO 4217 list one, amendment 176.
const EXPONENTS: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
};

const CURRENCY = /^[A-Z]{3}$/;
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/** How many decimal digits the currency has. */
export function currencyExponent(currencyCode: string): number {
  return EXPONENTS[currencyCode] ?? 2;
}

export function money(minor: number, currencyCode: string): Money {
  if (!Number.isSafeInteger(minor)) {
    throw new MoneyError(`An amount must be a whole number of minor units within the safe range, not ${minor}.`);
  }
  if (!CURRENCY.test(currencyCode)) {
    throw new MoneyError(`A currency is three capital letters (ISO 4217), not "${currencyCode}".`);
  }
  return { minor: minor === 0 ? 0 : minor, currencyCode };
}

export function zero(currencyCode: string): Money {
  return money(0, currencyCode);
}

/** Reads a decimal text ("12.50"). More digits than the currency has are refused, never rounded. */
export function parseMoney(amount: string, currencyCode: string): Money {
  const match = DECIMAL.exec(amount.trim());
  if (!match) throw new MoneyError(`"${amount}" is not a decimal amount.`);
  const exponent = currencyExponent(currencyCode);
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > exponent) {
    throw new MoneyError(`${currencyCode} has ${exponent} decimal digits; "${amount}" has more.`);
  }
  return money(Number(`${match[1]}${match[2]}${fraction.padEnd(exponent, '0')}`), currencyCode);
}

/** The decimal text of an amount, with exactly the digits its currency has. */
export function formatAmount(value: Money): string {
  const exponent = currencyExponent(value.currencyCode);
  const sign = value.minor < 0 ? '-' : '';
  const digits = String(Math.abs(value.minor)).padStart(exponent + 1, '0');
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

function sameCurrency(a: Money, b: Money): void {
  if (a.currencyCode !== b.currencyCode) {
    throw new MoneyError(`${a.currencyCode} and ${b.currencyCode} do not mix.`);
  }
}

export function addMoney(a: Money, b: Money): Money {
  sameCurrency(a, b);
  return money(a.minor + b.minor, a.currencyCode);
}

export function subtractMoney(a: Money, b: Money): Money {
  sameCurrency(a, b);
  return money(a.minor - b.minor, a.currencyCode);
}

export function multiplyMoney(value: Money, times: number): Money {
  if (!Number.isSafeInteger(times)) throw new MoneyError(`Money is multiplied by whole numbers, not ${times}.`);
  return money(value.minor * times, value.currencyCode);
}

export function negateMoney(value: Money): Money {
  return money(-value.minor, value.currencyCode);
}

/** Negative, zero or positive, as a sort wants it. */
export function compareMoney(a: Money, b: Money): number {
  sameCurrency(a, b);
  return a.minor - b.minor;
}

export function equalMoney(a: Money, b: Money): boolean {
  return a.currencyCode === b.currencyCode && a.minor === b.minor;
}

/** Splits an amount by whole-number weights; the shares add up to it exactly (largest remainder, earlier share first). */
export function allocateMoney(value: Money, weights: readonly number[]): Money[] {
  if (weights.length === 0 || weights.some((w) => !Number.isSafeInteger(w) || w < 0)) {
    throw new MoneyError('Weights are non-negative whole numbers, at least one.');
  }
  const total = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  if (total === 0n) throw new MoneyError('At least one weight must be above zero.');
  const sign = value.minor < 0 ? -1n : 1n;
  const whole = BigInt(Math.abs(value.minor));
  const shares = weights.map((weight, index) => {
    const product = whole * BigInt(weight);
    return { index, share: product / total, remainder: product % total };
  });
  let left = whole - shares.reduce((sum, { share }) => sum + share, 0n);
  for (const entry of [...shares].sort((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  )) {
    if (left === 0n) break;
    entry.share += 1n;
    left -= 1n;
  }
  return shares.map(({ share }) => money(Number(sign * share), value.currencyCode));
}

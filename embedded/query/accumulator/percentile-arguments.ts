import { Double } from 'bson';
import { badValue, failedToParse } from '../errors';
import { fieldsOf, isObject } from '../value/kind';
import { numericType, toNumber } from '../value/numeric';

/** What `$percentile` and `$median` take, as accumulators and as expressions. */
export function percentileArguments(name: string, argument: unknown, constant: (expression: unknown) => unknown) {
  if (!isObject(argument)) throw failedToParse(`specification must be an object; ${name}`);
  const { input, p, method } = fieldsOf(argument);
  if (method !== 'approximate') throw badValue("Currently only 'approximate' can be used as percentile 'method'.");
  if (name === '$median') return { input, percentiles: [0.5] };
  const list = constant(p);
  if (!Array.isArray(list) || list.length === 0)
    throw badValue("'p' must be an array of numeric values from [0.0, 1.0] range");
  const percentiles = list.map((entry) => (numericType(entry) === 0 ? Number.NaN : toNumber(entry)));
  if (percentiles.some((rank) => !(rank >= 0 && rank <= 1))) {
    throw badValue("'p' must be an array of numeric values from [0.0, 1.0] range");
  }
  return { input, percentiles };
}

export function percentilesOf(values: readonly number[], percentiles: readonly number[]): (Double | null)[] {
  const sorted = [...values].sort((a, b) => a - b);
  return percentiles.map((rank) => {
    const value = sorted[Math.max(0, Math.ceil(rank * sorted.length) - 1)];
    return value === undefined ? null : new Double(value);
  });
}

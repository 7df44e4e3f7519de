import type { Context } from '../context';
import { compileExpression } from '../expression/compile';
import { numericType, toNumber } from '../value/numeric';
import type { AccumulatorSpec } from './accumulator';
import { percentileArguments, percentilesOf } from './percentile-arguments';

/** `$percentile` and `$median` with the "approximate" method, answered exactly: the value at the rank, as a double. */
export function compilePercentile(name: string, argument: unknown, context: Context): AccumulatorSpec {
  const { input, percentiles } = percentileArguments(name, argument, (expression) =>
    compileExpression(expression, context)({}),
  );
  return {
    evaluate: compileExpression(input, context),
    create: () => {
      const values: number[] = [];
      return {
        add(value) {
          if (numericType(value) !== 0) values.push(toNumber(value));
        },
        result: () => {
          const found = percentilesOf(values, percentiles);
          return name === '$median' ? found[0] : found;
        },
      };
    },
  };
}

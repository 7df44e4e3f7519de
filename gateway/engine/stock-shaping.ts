import type { Operation } from '@apollo/federation-internals';
import { computeResponse } from '@apollo/gateway/dist/resultShaping';
import type { GraphQLError } from 'graphql';
import type { Data } from './data';
import type { Variables } from './plan-run';

export interface ShapedAnswer {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly GraphQLError[];
}

/**
 * Apollo's own post-processing. Not among the package's documented exports; used where data does not fit the public
 * schema, so that what is reported, and in which words, is Apollo's. Throws where Apollo's does.
 */
export function shapeAnswer(operation: Operation, variables: Variables, input: Data): ShapedAnswer {
  const { data, errors } = computeResponse({
    operation,
    variables: variables as Record<string, unknown>,
    input,
    introspectionHandling: () => {
      throw new Error('Introspection is not run here.');
    },
  });
  return { data: (data ?? null) as Record<string, unknown> | null, errors };
}

import { type ExecutionResult, GraphQLError } from 'graphql';

export const REFUSED_CODE = 'CALL_REFUSED';

/** What every refused call gets, whatever was wrong with it. */
export const REFUSED: ExecutionResult = {
  errors: [
    new GraphQLError('This call is not signed by a part of this installation.', { extensions: { code: REFUSED_CODE } }),
  ],
};

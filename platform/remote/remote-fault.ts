import { GraphQLError } from 'graphql';

/** Why a subgraph in another process gave no answer; the words are the client's, the cause stays in our log. */
export type RemoteFaultCode = 'SUBGRAPH_TIMEOUT' | 'SUBGRAPH_UNAVAILABLE';

const MESSAGES: Readonly<Record<RemoteFaultCode, string>> = {
  SUBGRAPH_TIMEOUT: 'A part of the shop did not answer in time. What you got is the rest; ask again for this part.',
  SUBGRAPH_UNAVAILABLE: 'A part of the shop cannot be reached. What you got is the rest; ask again for this part.',
};

/** Says nothing of host, port, driver or stack. */
export function remoteFault(code: RemoteFaultCode): GraphQLError {
  return new GraphQLError(MESSAGES[code], { extensions: { code } });
}

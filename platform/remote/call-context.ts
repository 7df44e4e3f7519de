import type { SubgraphRequest } from '../subgraph/subgraph-port';

/** For whom a call is made: what the gateway established at the door, carried to the subgraph under the signature. */
export type CallContext = Pick<SubgraphRequest, 'identity' | 'requestId' | 'languages' | 'traceparent'>;

/** JSON in base64url: fits into a header whatever an id or a scope is made of. */
export function writeContext({ identity, requestId, languages, traceparent }: CallContext): string {
  return Buffer.from(JSON.stringify({ identity, requestId, languages, traceparent })).toString('base64url');
}

/** Only for a context whose signature is genuine: what our own processes wrote has its shape. */
export function readContext(text: string): CallContext {
  return JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as CallContext;
}

import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

/** An answer over HTTP: the status with GraphQL's own body. */
export interface GraphAnswer<T> {
  readonly status: number;
  readonly data: T | null;
  readonly errors: readonly { readonly message: string; readonly extensions?: Readonly<Record<string, unknown>> }[];
}

export interface Caller {
  /** Access token of a person. */
  readonly token?: string | undefined;
  readonly storefrontKey?: string | undefined;
}

/** A document as text, or a typed one whose result and variables the compiler knows. */
export type GraphDocument<T> = string | TypedDocumentNode<T, never>;

/** A small client for our own commands: no cache, no retries. */
export class GraphClient {
  constructor(readonly url: string) {}

  async send<T>(
    document: GraphDocument<T>,
    variables: Record<string, unknown> = {},
    caller: Caller = {},
  ): Promise<GraphAnswer<T>> {
    const response = await fetch(`${this.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(caller.token ? { authorization: `Bearer ${caller.token}` } : {}),
        ...(caller.storefrontKey ? { 'x-storefront-key': caller.storefrontKey } : {}),
      },
      body: JSON.stringify({ query: textOf(document), variables }),
    });
    const body = (await response.json()) as { data?: T | null; errors?: GraphAnswer<T>['errors'] };
    return { status: response.status, data: body.data ?? null, errors: body.errors ?? [] };
  }

  /** The data of an operation that has no reason to fail; throws with the first error otherwise. */
  async data<T>(document: GraphDocument<T>, variables: Record<string, unknown> = {}, caller: Caller = {}): Promise<T> {
    const answer = await this.send<T>(document, variables, caller);
    if (answer.errors[0] || !answer.data) {
      throw new Error(`The server answered ${answer.status}: ${answer.errors[0]?.message ?? 'no data'}`);
    }
    return answer.data;
  }

  /** A socket for subscriptions; dispose of it when done. */
  socket(caller: Caller = {}): Client {
    return createClient({
      url: `${this.url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      lazy: true,
      retryAttempts: 0,
      connectionParams: {
        ...(caller.token ? { authorization: `Bearer ${caller.token}` } : {}),
        ...(caller.storefrontKey ? { storefrontKey: caller.storefrontKey } : {}),
      },
    });
  }

  /** Access token of an account by its password. */
  async signIn(identifier: string, password: string): Promise<string> {
    const { sessionCreate } = await this.data<{
      sessionCreate: { session: { accessToken: string } | null; userErrors: { message: string }[] };
    }>(
      `mutation SessionCreate($input: SessionCreateInput!) {
        sessionCreate(input: $input) { session { accessToken } userErrors { message } }
      }`,
      { input: { identifier, password } },
    );
    if (!sessionCreate.session)
      throw new Error(`${identifier} could not sign in: ${sessionCreate.userErrors[0]?.message}`);
    return sessionCreate.session.accessToken;
  }
}

export function textOf<T>(document: GraphDocument<T>): string {
  return typeof document === 'string' ? document : print(document);
}

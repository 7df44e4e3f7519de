import type { Seal } from './signature';

/** The extension of a subscribe message that carries its seal, and of the first message back that says it runs. */
export const SEAL_EXTENSION = 'kaituanSeal';
export const RUNNING_EXTENSION = 'kaituanRunning';
/** Of the last message of a topic that is over: without it an end is that of a process which stops. */
export const ENDED_EXTENSION = 'kaituanEnded';

export interface SubscribeMessage {
  readonly query: string;
  readonly variables?: Record<string, unknown> | null | undefined;
  readonly operationName?: string | null | undefined;
  readonly extensions?: Record<string, unknown> | null | undefined;
}

/** What the signature of a subscribe message covers, the same text on both ends. */
export function signedText({ query, variables, operationName }: SubscribeMessage): string {
  return JSON.stringify([query, operationName ?? null, variables ?? {}]);
}

/** The signature of the first message of a socket covers nothing but itself. */
export const CONNECT_BODY = '';

export type ConnectParameters = Seal & Record<string, unknown>;

import type { AbuseCase } from './abuse-case';
import { HTTP_CASES } from './http-cases';
import { HTTP_OPERATION_CASES, SOCKET_OPERATION_CASES } from './operation-cases';
import { SOCKET_CASES } from './socket-cases';

/** The whole suite: every document at both doors, and what only one door can be asked. */
export const ABUSE: Readonly<Record<'http' | 'socket', readonly AbuseCase[]>> = {
  http: [...HTTP_OPERATION_CASES, ...HTTP_CASES],
  socket: [...SOCKET_OPERATION_CASES, ...SOCKET_CASES],
};

import { randomUUID } from 'node:crypto';

/** What a client quotes and the log is searched for. */
export function newRequestId(): string {
  return `req_${randomUUID().replaceAll('-', '')}`;
}

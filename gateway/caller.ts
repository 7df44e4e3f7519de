import type { Identity } from '../platform/context/identity';

/** Who asks, and in which request: the part of a request every layer below the door needs. */
export interface Caller {
  readonly identity: Identity;
  readonly requestId: string;
  /** BCP 47 tags, best first. */
  readonly languages: readonly string[];
  /** W3C trace context, when the request is traced. */
  readonly traceparent?: string | undefined;
}

const TAG = /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/;
const MAX_TAGS = 6;

/** The languages of an Accept-Language header (RFC 9110, 12.5.4), best first, without "*" and without refused ones. */
export function languagesOf(header: string | undefined): string[] {
  if (!header) return [];
  return header
    .slice(0, 256)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().split(/\s*;\s*/);
      const weight = parameters.find((parameter) => parameter.startsWith('q='));
      return { tag, weight: weight === undefined ? 1 : Number(weight.slice(2)) };
    })
    .filter(({ tag, weight }) => TAG.test(tag) && weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MAX_TAGS)
    .map(({ tag }) => tag);
}

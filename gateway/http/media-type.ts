import { BoundedCache } from '../bounded-cache';

export const JSON_TYPE = 'application/json; charset=utf-8';
export const GRAPHQL_RESPONSE_TYPE = 'application/graphql-response+json; charset=utf-8';
/** Apollo's callback protocol for subscriptions: the answer to anything else comes back under the type that was asked for. */
const CALLBACK_TYPE = 'application/json; callbackSpec=1.0; charset=utf-8';

interface MediaType {
  readonly type: string;
  readonly subtype: string;
  readonly parameters: ReadonlyMap<string, string>;
}

interface MediaRange extends MediaType {
  readonly quality: number;
  readonly position: number;
}

const OFFERS = [JSON_TYPE, GRAPHQL_RESPONSE_TYPE, CALLBACK_TYPE].map((text, position) => ({
  text,
  ...mediaRange(text, position),
}));

/** Clients of one kind send one header. */
const REMEMBERED = 500;
const remembered = new BoundedCache<string, string | false>(REMEMBERED);

/** Quoted parameters and the like are left to a full parser. */
const PLAIN = /^[\w!#$&^.+*/;=, -]*$/;

/**
 * The content type of a single result for an Accept header (RFC 9110, 12.5.1), the same as Apollo Server picks; null
 * when none fits, or when the header is too unusual to be read here.
 */
export function responseType(accept: string | undefined): string | null {
  if (accept === undefined || accept === '' || accept === '*/*') return JSON_TYPE;
  const known = remembered.get(accept);
  if (known !== undefined) return known || null;
  const chosen = PLAIN.test(accept) ? preferred(accept) : null;
  // Longer ones are nobody's usual header.
  if (accept.length <= 300) remembered.set(accept, chosen ?? false);
  return chosen;
}

function preferred(accept: string): string | null {
  const ranges = accept.split(',').map(mediaRange);
  const rated = OFFERS.flatMap((offer) => {
    const best = ranges
      .map((range) => ({ range, specificity: specificityOf(offer, range) }))
      .filter(({ specificity }) => specificity >= 0)
      .sort(
        (a, b) =>
          b.specificity - a.specificity || b.range.quality - a.range.quality || b.range.position - a.range.position,
      )[0];
    return best && best.range.quality > 0 ? [{ offer, ...best }] : [];
  });
  rated.sort(
    (a, b) =>
      b.range.quality - a.range.quality ||
      b.specificity - a.specificity ||
      a.range.position - b.range.position ||
      a.offer.position - b.offer.position,
  );
  return rated[0]?.offer.text ?? null;
}

/** How exactly a range names an offer; -1 when it does not. */
function specificityOf(offer: MediaType, range: MediaType): number {
  const type = range.type === offer.type;
  const subtype = range.subtype === offer.subtype;
  if (!(type || range.type === '*') || !(subtype || range.subtype === '*')) return -1;
  for (const [name, value] of range.parameters) {
    if (value !== '*' && value !== (offer.parameters.get(name) ?? '')) return -1;
  }
  return (type ? 4 : 0) + (subtype ? 2 : 0) + (range.parameters.size > 0 ? 1 : 0);
}

function mediaRange(text: string, position: number): MediaRange {
  const [name = '', ...rest] = text.split(';').map((part) => part.trim().toLowerCase());
  const [type = '', subtype = ''] = name.split('/', 2);
  const parameters = new Map<string, string>();
  let quality = 1;
  for (const parameter of rest) {
    const [key = '', value = ''] = parameter.split('=', 2);
    if (key === 'q') quality = Number.parseFloat(value);
    else parameters.set(key, value);
  }
  return { type, subtype, parameters, quality: Number.isNaN(quality) ? 0 : quality, position };
}

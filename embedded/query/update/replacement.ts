import { dollarPrefixed, immutableField } from '../errors';
import type { Doc } from '../types';
import { compareWith } from '../value/compare';
import { formatElement } from '../value/format';

/** The whole document replaced, its `_id` kept and put first; the same reference where the two are equal already. */
export function replaceDocument(doc: Doc, replacement: Doc): Doc {
  for (const name of Object.keys(replacement)) {
    if (name.startsWith('$')) {
      throw dollarPrefixed(
        `The dollar ($) prefixed field '${name}' in '${name}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
      );
    }
  }
  const id = doc['_id'];
  if (id === undefined) return replacement;
  const replacementId = replacement['_id'];
  if (replacementId !== undefined && compareWith(id, replacementId, undefined) !== 0) {
    throw immutableField(
      `After applying the update, the (immutable) field '_id' was found to have been altered to ${formatElement('_id', replacementId)}`,
    );
  }
  return { _id: id, ...replacement, ...(replacementId === undefined ? {} : { _id: id }) };
}

import { Int32 } from 'bson';
import type { Doc } from '../document/decode';
import { toNumber } from '../document/scalars';
import { compileFilter } from '../query';
import type { IndexDefinition } from './index-definition';
import { indexPrefix } from './keyspace';

export function idIndexOptions(): Doc {
  return { v: new Int32(2), key: { _id: new Int32(1) }, name: '_id_' };
}

/** Builds the working form of an index from its stored (and already checked) options. */
export function defineIndex(
  id: number,
  collection: number,
  options: Doc,
  facts: Pick<IndexDefinition, 'multikey' | 'truncated' | 'builtAt'>,
): IndexDefinition {
  const name = options['name'] as string;
  const partial = options['partialFilterExpression'] as Doc | undefined;
  const expire = options['expireAfterSeconds'];
  return {
    id,
    name,
    fields: Object.entries(options['key'] as Doc).map(([path, direction]) => ({
      path,
      parts: path.split('.'),
      descending: (toNumber(direction) ?? 1) < 0,
    })),
    unique: name === '_id_' || options['unique'] === true,
    sparse: options['sparse'] === true,
    partial: partial === undefined ? undefined : { filter: partial, matches: compileFilter(partial) },
    expireAfterSeconds: expire === undefined ? undefined : toNumber(expire),
    hidden: options['hidden'] === true,
    options,
    prefix: indexPrefix(collection, id),
    multikey: facts.multikey,
    truncated: facts.truncated,
    builtAt: facts.builtAt,
  };
}

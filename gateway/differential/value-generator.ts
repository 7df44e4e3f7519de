import {
  type GraphQLInputType,
  type GraphQLNamedInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import type { Random } from './random';

/** Text that breaks writers and readers of JSON and of GraphQL: quotes, separators, half a pair, other scripts. */
export const HOSTILE_TEXTS = [
  '',
  'plain',
  'say "hi" \\ there',
  'line\u2028and\u2029paragraph',
  'half \ud83d pair',
  'whole 🎉 emoji',
  '團購·開團',
  'tab\tnew\nline\u0000nul\u001f',
  '</script>{"data":1}',
  '$variable @skip(if: true)',
  '__proto__',
] as const;

const INTEGERS = [0, 1, -1, 7, 42, 2_147_483_647, -2_147_483_648] as const;
const FLOATS = [0, 1.5, -0.25, 1e21, 5e-324, 9_007_199_254_740_991, 0.1] as const;
const DATES = ['2024-02-29T23:59:59.999Z', '1970-01-01T00:00:00Z'] as const;

/** A value of this input type as it would come in `variables`. */
export function variableValue(type: GraphQLInputType, random: Random, ids: readonly string[], depth = 0): unknown {
  if (isNonNullType(type)) return someValue(type.ofType, random, ids, depth);
  return random.chance(0.1) ? null : someValue(type, random, ids, depth);
}

function someValue(type: GraphQLInputType, random: Random, ids: readonly string[], depth: number): unknown {
  if (isNonNullType(type)) return someValue(type.ofType, random, ids, depth);
  if (isListType(type)) {
    if (random.chance(0.08)) return variableValue(type.ofType, random, ids, depth + 1);
    return Array.from({ length: random.below(3) }, () => variableValue(type.ofType, random, ids, depth + 1));
  }
  return namedValue(type, random, ids, depth);
}

function namedValue(type: GraphQLNamedInputType, random: Random, ids: readonly string[], depth: number): unknown {
  if (isEnumType(type)) return random.pick(type.getValues())?.name;
  if (isInputObjectType(type)) {
    const entries = Object.values(type.getFields())
      .filter((field) => isRequired(field.type, field.defaultValue) || (depth < 3 && random.chance(0.5)))
      .map((field) => [field.name, variableValue(field.type, random, ids, depth + 1)] as const);
    return Object.fromEntries(entries);
  }
  switch (type.name) {
    case 'Boolean':
      return random.chance(0.5);
    case 'Int':
      return random.pick(INTEGERS);
    case 'Float':
      return random.pick(FLOATS);
    case 'ID':
      return random.pick(ids) ?? 'nobody';
    case 'String':
      return random.pick(HOSTILE_TEXTS);
    case 'JSON':
      return random.pick([{ a: [1, { b: null }], 'odd "key"': 'x' }, [], 'text', 3, { nested: { list: [[], [1]] } }]);
    default:
      return random.pick(DATES);
  }
}

export function isRequired(type: GraphQLInputType, defaultValue: unknown): boolean {
  return isNonNullType(type) && defaultValue === undefined;
}

/** A JSON value as GraphQL writes it; enums need their type to lose the quotes. */
export function literalOf(value: unknown, type: GraphQLInputType | null): string {
  const bare = type && isNonNullType(type) ? type.ofType : type;
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) {
    const itemType = bare && isListType(bare) ? bare.ofType : bare;
    return `[${value.map((item) => literalOf(item, itemType)).join(', ')}]`;
  }
  if (bare && isListType(bare)) return literalOf(value, bare.ofType);
  if (bare && isEnumType(bare)) return String(value);
  if (typeof value === 'object') {
    const fields = bare && isInputObjectType(bare) ? bare.getFields() : {};
    const members = Object.entries(value)
      // An object literal can only name what GraphQL can name.
      .filter(([name]) => /^[A-Za-z_]\w*$/.test(name))
      .map(([name, inner]) => `${name}: ${literalOf(inner, fields[name]?.type ?? null)}`);
    return `{${members.join(', ')}}`;
  }
  if (typeof value === 'string') return graphqlString(value);
  return String(value);
}

function graphqlString(text: string): string {
  // A document is text in UTF-8: half a pair can only be a JSON value, so it stands as U+FFFD here.
  return JSON.stringify(Buffer.from(text).toString());
}

import {
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { Dice } from './dice';

export interface RandomOperation {
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What a public schema's arguments may be given: ids that exist and ids that do not, sizes, texts in any script. */
export interface Vocabulary {
  readonly ids: readonly string[];
  /** Root fields that would end the caller's own session. */
  readonly without: readonly string[];
}

const TEXTS = [
  'milk',
  '鮮奶',
  'Ning 寧',
  '',
  ' ',
  "' or 1=1 --",
  '$where',
  '{"$ne":null}',
  '\u0000',
  'a'.repeat(300),
  '🥛',
  '%',
  '\\',
  '<b>',
];
const DEPTH = 5;
const FIELDS = 25;

/** A valid operation of the public schema, with a variable for every argument. */
export function randomOperation(schema: GraphQLSchema, dice: Dice, vocabulary: Vocabulary): RandomOperation {
  const mutation = schema.getMutationType();
  const query = schema.getQueryType();
  const root = mutation && dice.between(0, 3) === 0 ? mutation : query;
  if (!root) throw new Error('The schema has no query.');
  return new Writer(schema, dice, vocabulary).write(root, root === mutation);
}

class Writer {
  private readonly declared: string[] = [];
  private readonly variables: Record<string, unknown> = {};
  private names = 0;
  private fields = 0;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly dice: Dice,
    private readonly vocabulary: Vocabulary,
  ) {}

  write(root: GraphQLObjectType, isMutation: boolean): RandomOperation {
    const selections: string[] = [];
    const wanted = isMutation ? 1 : 1 + this.below(2);
    const fields = Object.values(root.getFields()).filter(({ name }) => !this.vocabulary.without.includes(name));
    for (let at = 0; at < wanted; at++) {
      const field = this.pick(fields);
      selections.push(`r${at}: ${this.field(field.name, field.args, field.type, DEPTH)}`);
    }
    const head = this.declared.length > 0 ? `(${this.declared.join(', ')})` : '';
    return {
      text: `${isMutation ? 'mutation' : 'query'} Any${head} { ${selections.join(' ')} }`,
      variables: this.variables,
    };
  }

  private field(name: string, args: readonly GraphQLArgument[], type: GraphQLOutputType, depth: number): string {
    this.fields += 1;
    const given = args
      .filter((argument) => isNonNullType(argument.type) || this.below(2) === 0)
      .map((argument) => {
        const variable = `v${this.names++}`;
        this.declared.push(`$${variable}: ${argument.type}`);
        this.variables[variable] = this.value(argument.type, argument.name, 0);
        return `${argument.name}: $${variable}`;
      });
    const written = given.length > 0 ? `${name}(${given.join(', ')})` : name;
    const named = getNamedType(type);
    return isLeafType(named) ? written : `${written} ${this.selection(named, depth - 1)}`;
  }

  private selection(type: GraphQLNamedType, depth: number): string {
    if (isInterfaceType(type)) {
      const [one] = [this.pick(this.schema.getPossibleTypes(type))];
      return `{ __typename ... on ${one.name} ${this.selection(one, depth)} }`;
    }
    if (!isObjectType(type)) return '{ __typename }';
    const all = Object.values(type.getFields());
    const leaves = all.filter((field) => isLeafType(getNamedType(field.type)));
    const parts = ['__typename'];
    const wanted = 1 + this.below(4);
    const seen = new Set<string>();
    for (let at = 0; at < wanted; at++) {
      const tired = depth <= 0 || this.fields > FIELDS;
      const candidates = tired ? leaves : all;
      if (candidates.length === 0) break;
      const field = this.pick(candidates);
      if (seen.has(field.name)) continue;
      seen.add(field.name);
      const part = this.field(field.name, field.args, field.type, depth);
      parts.push(this.below(5) === 0 ? `... { ${part} }` : part);
    }
    return `{ ${parts.join(' ')} }`;
  }

  private value(type: GraphQLInputType, name: string, depth: number): unknown {
    if (isNonNullType(type)) return this.value(type.ofType, name, depth);
    if (depth > 0 && this.below(12) === 0) return null;
    if (isListType(type)) return Array.from({ length: this.below(3) }, () => this.required(type.ofType, name, depth));
    if (isEnumType(type)) return this.pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(
        (field) => isNonNullType(field.type) || this.below(2) === 0,
      );
      return Object.fromEntries(fields.map((field) => [field.name, this.required(field.type, field.name, depth + 1)]));
    }
    return this.scalar(type.name, name);
  }

  private required(type: GraphQLInputType, name: string, depth: number): unknown {
    return isNonNullType(type) ? this.value(type.ofType, name, 0) : this.value(type, name, depth);
  }

  private scalar(type: string, name: string): unknown {
    switch (type) {
      case 'Boolean':
        return this.below(2) === 0;
      case 'Int':
        return name === 'first'
          ? this.pick([0, 1, 2, 5, 20])
          : this.pick([0, 1, 3, -1, 100, 2_147_483_647, -2_147_483_648]);
      case 'Float':
        return this.pick([0, 22.3, 114.1, -1.5, 1e300]);
      case 'ID':
        return this.pick([...this.vocabulary.ids, ...this.vocabulary.ids, ...TEXTS]);
      case 'Decimal':
        return this.pick(['0.00', '1.00', '9.90', '-1.00', '99999999.99']);
      case 'CurrencyCode':
        return this.pick(['HKD', 'CNY', 'USD']);
      case 'DateTime':
        return this.pick(['2026-01-01T00:00:00Z', '2099-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z']);
      default:
        return this.pick(TEXTS);
    }
  }

  private below(end: number): number {
    return this.dice.between(0, end - 1);
  }

  private pick<T>(items: readonly T[]): T {
    return this.dice.pick(items);
  }
}

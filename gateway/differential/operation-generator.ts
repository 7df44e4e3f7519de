import {
  type DocumentNode,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isLeafType,
  isNonNullType,
  isObjectType,
  isUnionType,
  parse,
  validate,
} from 'graphql';
import type { Random } from './random';
import { isRequired, literalOf, variableValue } from './value-generator';

export interface GeneratedOperation {
  readonly text: string;
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface GeneratorOptions {
  /** Values for arguments of type ID, so that many of them find something. */
  readonly ids: readonly string[];
  /** Fields in the longest path. */
  readonly depth?: number;
  /** Fields written in the whole document. */
  readonly fields?: number;
  /** Whether a response name may be the name of another field (`id: name`). */
  readonly confusingNames?: boolean;
  /** Whether @skip and @include are written. */
  readonly conditions?: boolean;
}

const ATTEMPTS = 20;

/**
 * A random operation that is valid for the schema. First with response names drawn freely, so that fields of different
 * types share names; when those clash, again with one meaning for each name, which always merges.
 */
export function generateOperation(
  schema: GraphQLSchema,
  random: Random,
  options: GeneratorOptions,
): GeneratedOperation {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const operation = new OperationWriter(schema, random, options, attempt < ATTEMPTS / 2).write();
    if (validate(schema, operation.document).length === 0) return operation;
  }
  throw new Error('No valid operation in twenty attempts: the generator is at fault.');
}

interface WrittenVariable {
  readonly declaration: string;
  readonly type: string;
}

class OperationWriter {
  private readonly variables = new Map<string, WrittenVariable>();
  private readonly values: Record<string, unknown> = {};
  private readonly fragments: { readonly name: string; readonly on: GraphQLCompositeType; readonly text: string }[] =
    [];
  private fragmentCount = 0;
  /** What a response name stands for, where names must merge everywhere. */
  private readonly meanings = new Map<string, string>();
  /** The arguments a field was last written with: repeated, so that selections merge. */
  private readonly lastArguments = new Map<string, string>();
  private budget: number;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly random: Random,
    private readonly options: GeneratorOptions,
    private readonly free: boolean,
  ) {
    this.budget = options.fields ?? 14;
  }

  write(): GeneratedOperation {
    const { random } = this;
    const mutation = this.schema.getMutationType();
    const isMutation = mutation != null && random.chance(0.2);
    const root = isMutation ? mutation : this.schema.getQueryType();
    if (!root) throw new Error('The schema has no query type.');
    const selections = this.selectionSet(root, this.options.depth ?? 4, true);
    const declared = [...this.variables.values()].map(({ declaration }) => declaration);
    const text = [
      `${isMutation ? 'mutation' : 'query'} Generated${declared.length > 0 ? `(${declared.join(', ')})` : ''} ${selections}`,
      ...this.fragments.map(({ name, on, text }) => `fragment ${name} on ${on.name} ${text}`),
    ].join('\n');
    return { text, document: parse(text, { noLocation: true }), variables: this.values };
  }

  private selectionSet(type: GraphQLCompositeType, depth: number, isRoot = false): string {
    const { random } = this;
    const items: string[] = [];
    const wanted = 1 + random.below(isRoot ? 3 : 4);
    for (let index = 0; index < wanted; index++) {
      const roll = random.next();
      if (roll < 0.1)
        items.push(
          `${random.chance(0.3) ? `${this.alias('__typename', 'String!', '')}: ` : ''}__typename${this.directives()}`,
        );
      else if (roll < 0.25 && depth > 0) items.push(this.inlineFragment(type, depth));
      else if (roll < 0.35 && depth > 0) items.push(this.fragmentSpread(type, depth));
      else if (isUnionType(type)) items.push(depth > 0 ? this.inlineFragment(type, depth) : '__typename');
      else if (isRoot && roll > 0.98) items.push('__schema { queryType { name } }');
      else items.push(this.field(type, depth));
    }
    return `{ ${items.join(' ')} }`;
  }

  private field(
    parent: Exclude<GraphQLCompositeType, { getTypes(): unknown }> | GraphQLCompositeType,
    depth: number,
  ): string {
    const { random } = this;
    if (isUnionType(parent)) return '__typename';
    this.budget -= 1;
    const all = Object.values(parent.getFields());
    const leaves = all.filter((field) => isLeafType(getNamedType(field.type)));
    const tired = depth <= 0 || this.budget <= 0;
    const field = random.pick(tired && leaves.length > 0 ? leaves : all);
    if (!field) return '__typename';
    const named = getNamedType(field.type);
    const written = this.argumentsOf(`${parent.name}.${field.name}`, field);
    const alias = this.responseName(field, written);
    const inner = isCompositeType(named) ? ` ${tired ? '{ __typename }' : this.selectionSet(named, depth - 1)}` : '';
    return `${alias}${field.name}${written}${this.directives()}${inner}`;
  }

  private responseName(field: GraphQLField<unknown, unknown>, written: string): string {
    const { random } = this;
    const type = String(field.type);
    if (this.free)
      return random.chance(0.25)
        ? `${random.pick(this.options.confusingNames ? ['a', 'b', 'c', 'id', 'name'] : ['a', 'b', 'c'])}: `
        : '';
    const wanted = random.chance(0.2) ? (random.pick(['a', 'b', 'c', 'd']) ?? 'a') : field.name;
    const name = this.alias(field.name, type, written, wanted);
    return name === field.name ? '' : `${name}: `;
  }

  /** A response name that means this field and nothing else in the document. */
  private alias(field: string, type: string, written: string, wanted = 'kind'): string {
    if (this.free) return wanted;
    const meaning = `${field}|${type}|${written}`;
    let name = wanted;
    for (let index = 0; (this.meanings.get(name) ?? meaning) !== meaning; index++) name = `${wanted}_${index}`;
    this.meanings.set(name, meaning);
    return name;
  }

  private inlineFragment(type: GraphQLCompositeType, depth: number): string {
    const condition = this.random.chance(0.15) ? null : this.overlapping(type);
    const on = condition ? ` on ${condition.name}` : '';
    return `...${on}${this.directives()} ${this.selectionSet(condition ?? type, depth - (isAbstractType(type) ? 0.5 : 0.9))}`;
  }

  private fragmentSpread(type: GraphQLCompositeType, depth: number): string {
    const { random } = this;
    const known = random.chance(0.4)
      ? random.pick(this.fragments.filter(({ on }) => this.overlap(type, on)))
      : undefined;
    if (known) return `...${known.name}${this.directives()}`;
    const on = this.overlapping(type);
    const name = `F${this.fragmentCount++}`;
    const text = this.selectionSet(on, depth - 0.9);
    // Known only now: a fragment must not spread itself.
    this.fragments.push({ name, on, text });
    return `...${name}${this.directives()}`;
  }

  private overlapping(type: GraphQLCompositeType): GraphQLCompositeType {
    const candidates = Object.values(this.schema.getTypeMap()).filter(
      (other): other is GraphQLCompositeType => isUsable(other) && this.overlap(type, other),
    );
    return this.random.chance(0.3) ? type : (this.random.pick(candidates) ?? type);
  }

  private overlap(a: GraphQLCompositeType, b: GraphQLCompositeType): boolean {
    if (a === b) return true;
    const possible = this.possible(a);
    return this.possible(b).some((name) => possible.includes(name));
  }

  private possible(type: GraphQLCompositeType): readonly string[] {
    return isAbstractType(type) ? this.schema.getPossibleTypes(type).map(({ name }) => name) : [type.name];
  }

  private directives(): string {
    const { random } = this;
    if (this.options.conditions === false || !random.chance(0.18)) return '';
    const include = `@include(if: ${this.condition(0.75)})`;
    const skip = `@skip(if: ${this.condition(0.25)})`;
    if (random.chance(0.15)) return ` ${include} ${skip}`;
    return ` ${random.chance(0.5) ? include : skip}`;
  }

  private condition(likelyTrue: number): string {
    const { random } = this;
    if (random.chance(0.4)) return String(random.chance(likelyTrue));
    const name = `if${random.below(4)}`;
    if (!this.variables.has(name)) {
      const withDefault = random.chance(0.3);
      this.variables.set(name, {
        declaration: withDefault ? `$${name}: Boolean = ${random.chance(0.5)}` : `$${name}: Boolean!`,
        type: 'Boolean',
      });
      if (!withDefault || random.chance(0.5)) this.values[name] = random.chance(0.5);
    }
    return `$${name}`;
  }

  private argumentsOf(coordinate: string, field: GraphQLField<unknown, unknown>): string {
    const { random } = this;
    const last = this.lastArguments.get(coordinate);
    if (last !== undefined && random.chance(0.6)) return last;
    const written = field.args
      .filter((argument) => isRequired(argument.type, argument.defaultValue) || random.chance(0.5))
      .map((argument) => `${argument.name}: ${this.argumentValue(argument)}`);
    const text = written.length > 0 ? `(${written.join(', ')})` : '';
    this.lastArguments.set(coordinate, text);
    return text;
  }

  private argumentValue(argument: GraphQLArgument): string {
    const { random, options } = this;
    if (random.chance(0.45)) return this.variable(argument.type);
    const value = variableValue(argument.type, random, options.ids);
    return literalOf(value, argument.type);
  }

  /** A variable that fits where this type is wanted, with a value, with a default, both, or absent where that is allowed. */
  private variable(type: GraphQLInputType): string {
    const { random, options } = this;
    const printed = String(type);
    const known = [...this.variables].filter(([, variable]) => variable.type === printed).map(([name]) => name);
    const again = random.chance(0.3) ? random.pick(known) : undefined;
    if (again) return `$${again}`;
    const name = `v${this.variables.size}`;
    const nullable = isNonNullType(type) ? type.ofType : type;
    let declared = printed;
    let fallback = '';
    if (random.chance(0.3)) {
      // A default makes a nullable variable fit a place that wants a value.
      declared = String(nullable);
      let value: unknown = null;
      while (value === null) value = variableValue(nullable, random, options.ids);
      fallback = ` = ${literalOf(value, nullable)}`;
    }
    this.variables.set(name, { declaration: `$${name}: ${declared}${fallback}`, type: printed });
    const mayBeAbsent = fallback !== '' || !isNonNullType(type);
    if (!mayBeAbsent || random.chance(0.7)) {
      let value = variableValue(type, random, options.ids);
      if (value === undefined) value = null;
      this.values[name] = value;
    }
    return `$${name}`;
  }
}

function isUsable(type: GraphQLNamedType): type is GraphQLCompositeType {
  if (type.name.startsWith('__')) return false;
  return isObjectType(type) || isAbstractType(type);
}

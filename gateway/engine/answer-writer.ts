import {
  type CompositeType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  type Operation,
  type OutputType,
  type Schema,
  type SelectionSet,
} from '@apollo/federation-internals';
import { type Entry, entriesOf } from './answer-entries';
import type { Data } from './data';
import { stringText } from './json-text';
import { leafTextOf, type TextOf } from './leaf-text';

/** What has to be told while one answer is written. */
interface Writing {
  /** Some value did not fit the public schema, or was missing where null is not allowed. */
  faulty: boolean;
}

export interface WrittenAnswer {
  /** JSON text of the `data` member. */
  readonly text: string;
  /** A null was put where the subgraphs had nothing fitting; Apollo's post-processing says what and where. */
  readonly faulty: boolean;
}

/** Data of a shape that Apollo's post-processing refuses with an exception of its own. */
export class Misshapen extends Error {}

/**
 * Writes merged data as the JSON text of one operation's `data`, by the public schema: fields in the order of the
 * operation, nulls carried up to where they are allowed, nothing that is inaccessible. One writer serves one decision
 * of every @skip and @include; each selection on each runtime type becomes one generated function.
 */
export class AnswerWriter {
  private readonly writing: Writing = { faulty: false };
  private readonly schema: Schema;
  private readonly root: TextOf;
  private readonly rootName: string;

  constructor(
    operation: Operation,
    private readonly conditions: ReadonlyMap<string, boolean>,
  ) {
    this.schema = operation.schema();
    const rootType = this.schema.schemaDefinition.rootType(operation.rootKind) as CompositeType;
    this.rootName = rootType.name;
    this.root = this.objectTextOf([operation.selectionSet], rootType, undefined);
  }

  /** Throws Misshapen. */
  write(data: Data): WrittenAnswer {
    const typename = data['__typename'];
    if (typename !== undefined && typename !== this.rootName) throw new Misshapen();
    this.writing.faulty = false;
    const text = this.root(data) ?? 'null';
    return { text, faulty: this.writing.faulty };
  }

  private fault(): undefined {
    this.writing.faulty = true;
    return undefined;
  }

  /** Of a value that is not null. */
  private textOf(type: OutputType, selections: readonly SelectionSet[]): TextOf {
    if (isNonNullType(type)) return this.textOf(type.ofType as OutputType, selections);
    if (isListType(type)) return this.listTextOf(type.ofType as OutputType, selections);
    if (isCompositeType(type)) return this.compositeTextOf(type, selections);
    const leaf = leafTextOf(this.schema, type);
    return (value) => leaf(value) ?? this.fault();
  }

  private listTextOf(itemType: OutputType, selections: readonly SelectionSet[]): TextOf {
    const itemText = this.textOf(itemType, selections);
    const nonNull = isNonNullType(itemType);
    return (value) => {
      if (!Array.isArray(value)) throw new Misshapen();
      let text = '[';
      let invalid = false;
      for (let index = 0; index < value.length; index++) {
        const item: unknown = value[index];
        let written: string | undefined = 'null';
        if (item !== null && item !== undefined) written = itemText(item) ?? (nonNull ? undefined : 'null');
        else if (nonNull) written = this.fault();
        if (written === undefined) invalid = true;
        else text += index === 0 ? written : `,${written}`;
      }
      return invalid ? undefined : `${text}]`;
    };
  }

  /** The runtime type decides which fragments apply. */
  private compositeTextOf(type: CompositeType, selections: readonly SelectionSet[]): TextOf {
    const byTypename = new Map<string, TextOf>();
    let untyped: TextOf | undefined;
    let lastName: string | undefined;
    let last: TextOf | undefined;
    const find = (name: string): TextOf => {
      const known = byTypename.get(name);
      if (known) return known;
      const runtimeType = this.schema.type(name);
      // A type the public schema does not have; not remembered, for a subgraph could name ever new ones.
      if (!runtimeType || !isCompositeType(runtimeType)) return () => this.fault();
      const made = this.objectTextOf(selections, runtimeType, name);
      byTypename.set(name, made);
      return made;
    };
    return (value) => {
      if (typeof value !== 'object') throw new Misshapen();
      const name = (value as Data)['__typename'];
      if (name === undefined || name === '') {
        untyped ??= this.objectTextOf(selections, type, undefined);
        return untyped(value);
      }
      if (typeof name !== 'string') throw new Misshapen();
      if (name !== lastName || !last) {
        last = find(name);
        lastName = name;
      }
      return last(value);
    };
  }

  private objectTextOf(
    selections: readonly SelectionSet[],
    parentType: CompositeType,
    typename: string | undefined,
  ): TextOf {
    const entries = entriesOf(this.schema, selections, parentType, typename, this.conditions);
    if (entries.length === 0) return () => '{}';
    const texts: TextOf[] = [];
    const lines = entries.map((entry, at) => {
      texts.push(
        entry.kind === 'typename' ? this.typenameTextOf(entry, typename) : this.textOf(entry.type, entry.selections),
      );
      return lineOf(entry, at);
    });
    const body = `
      ${texts.map((_, at) => `const t${at} = texts[${at}];`).join('\n')}
      return function write(data) {
        let text = '{', value, written;
        ${lines.join('\n        ')}
        return text + '}';
      };`;
    // Made of response keys only, written as JSON strings.
    const make = new Function('texts', 'fault', 'stringText', 'hasOwn', body) as (...parts: unknown[]) => TextOf;
    return make(texts, () => this.fault(), stringText, Object.hasOwn);
  }

  /** Gets the whole object: an alias is filled from `__typename` where the subgraphs left it out. */
  private typenameTextOf({ key, parentType }: Entry, typename: string | undefined): TextOf {
    const staticType = typename === undefined ? parentType : (this.schema.type(typename) ?? parentType);
    const staticText = isObjectType(staticType) ? `"${staticType.name}"` : undefined;
    if (key === '__typename') return () => staticText;
    return (value) => {
      const said = (value as Data)[key];
      if (typeof said !== 'string' || said === typename) return staticText;
      const type = this.schema.type(said) ?? parentType;
      return isObjectType(type) ? `"${type.name}"` : undefined;
    };
  }
}

/** One field of the generated function. */
function lineOf(entry: Entry, at: number): string {
  const key = JSON.stringify(entry.key);
  const prefix = JSON.stringify(`${at === 0 ? '' : ','}${key}:`);
  if (entry.kind === 'typename') {
    return `written = t${at}(data); if (written === undefined) return undefined; text += ${prefix} + written;`;
  }
  // What every object inherits is not data.
  const read = entry.key in Object.prototype ? `hasOwn(data, ${key}) ? data[${key}] : null` : `data[${key}]`;
  const plain = isNonNullType(entry.type) ? (entry.type.ofType as OutputType) : entry.type;
  const text =
    'name' in plain && plain.name === 'String'
      ? `(typeof value === 'string' ? stringText(value) : t${at}(value))`
      : `t${at}(value)`;
  if (isNonNullType(entry.type)) {
    return `value = ${read}; if (value === null || value === undefined) return fault();
        written = ${text}; if (written === undefined) return undefined; text += ${prefix} + written;`;
  }
  return `value = ${read}; text += ${prefix} + (value === null || value === undefined ? 'null' : (${text} ?? 'null'));`;
}

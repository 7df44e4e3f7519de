import {
  type GraphQLCompositeType,
  type GraphQLOutputType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql';
import type { ClientOperation, Entry, Reading } from './client-operation';
import type { Data } from './data';
import { stringText } from './json-text';
import { leafTextOf, type TextOf } from './leaf-text';

export interface WrittenAnswer {
  /** JSON text of the `data` member. */
  readonly text: string;
  /** A null was put where the subgraphs had nothing fitting; `faultsOf` says what and where. */
  readonly faulty: boolean;
}

/**
 * Writes merged data as the JSON text of one operation's `data`, by the public schema: fields in the order of the
 * operation, nulls carried up to where they are allowed, nothing that is inaccessible. One writer serves one decision
 * of every @skip and @include; each selection on each runtime type becomes one generated function.
 */
export class AnswerWriter {
  /** Whether there is more to answer than `__typename`. */
  readonly asksForFields: boolean;
  private readonly root: TextOf;
  private faulty = false;

  constructor(
    private readonly operation: ClientOperation,
    readonly reading: Reading,
  ) {
    const selections = [operation.definition.selectionSet];
    this.root = this.objectTextOf(selections, operation.rootType);
    this.asksForFields = operation
      .entriesOf(selections, operation.rootType, reading)
      .some(({ type, name }) => type !== null && !name.startsWith('__'));
  }

  write(data: Data): WrittenAnswer {
    this.faulty = false;
    const text = this.root(data) ?? 'null';
    return { text, faulty: this.faulty };
  }

  private readonly fault = (): undefined => {
    this.faulty = true;
    return undefined;
  };

  /** Of a value that is not null. */
  private textOf(type: GraphQLOutputType, selections: readonly SelectionSetNode[]): TextOf {
    if (isNonNullType(type)) return this.textOf(type.ofType, selections);
    if (isListType(type)) return this.listTextOf(type.ofType, selections);
    if (isObjectType(type)) return this.guarded(this.objectTextOf(selections, type));
    if (isCompositeType(type)) return this.guarded(this.abstractTextOf(type, selections));
    const leaf = leafTextOf(type);
    return (value) => leaf(value) ?? this.fault();
  }

  private guarded(textOf: TextOf): TextOf {
    return (value) => (typeof value === 'object' && !Array.isArray(value) ? textOf(value) : this.fault());
  }

  private listTextOf(itemType: GraphQLOutputType, selections: readonly SelectionSetNode[]): TextOf {
    const itemText = this.textOf(itemType, selections);
    const nonNull = isNonNullType(itemType);
    return (value) => {
      if (!Array.isArray(value)) return this.fault();
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
  private abstractTextOf(type: GraphQLCompositeType, selections: readonly SelectionSetNode[]): TextOf {
    const byTypename = new Map<unknown, TextOf>();
    let lastName: unknown;
    let last: TextOf | undefined;
    const find = (name: unknown): TextOf => {
      const known = byTypename.get(name);
      if (known) return known;
      const runtimeType = runtimeTypeOf(this.operation, type, name);
      // A type the public schema does not have; not remembered, for a subgraph could name ever new ones.
      if (!runtimeType) return this.fault;
      const made = this.objectTextOf(selections, runtimeType);
      byTypename.set(name, made);
      return made;
    };
    return (value) => {
      const name = (value as Data)['__typename'];
      if (name !== lastName || !last) {
        last = find(name);
        lastName = name;
      }
      return last(value);
    };
  }

  private objectTextOf(selections: readonly SelectionSetNode[], runtimeType: GraphQLCompositeType): TextOf {
    const entries = this.operation.entriesOf(selections, runtimeType, this.reading);
    if (entries.length === 0) return () => '{}';
    const texts = entries.map(({ type, selections: inner }) => type && this.lazily(() => this.textOf(type, inner)));
    const lines = entries.map((entry, at) =>
      entry.type ? fieldLine(entry, entry.type, at) : typenameLine(entry, runtimeType, at),
    );
    const body = `
      ${texts.map((text, at) => (text ? `const t${at} = texts[${at}];` : '')).join('\n')}
      return function write(data) {
        let text = '{', value, written;
        ${lines.join('\n        ')}
        return text + '}';
      };`;
    // Made of response keys and type names only, written as JSON strings.
    const make = new Function('texts', 'fault', 'stringText', 'hasOwn', body) as (...parts: unknown[]) => TextOf;
    return make(texts, this.fault, stringText, Object.hasOwn);
  }

  /** Fragments that never apply and lists that are always empty cost nothing. */
  private lazily(make: () => TextOf): TextOf {
    let made: TextOf | undefined;
    return (value) => {
      made ??= make();
      return made(value);
    };
  }
}

/** Null for a type the public schema does not have. */
export function runtimeTypeOf(
  { schema }: ClientOperation,
  type: GraphQLCompositeType,
  name: unknown,
): GraphQLCompositeType | null {
  if (isObjectType(type) || name === undefined || name === null || name === '') return type;
  const found = typeof name === 'string' ? schema.getType(name) : undefined;
  return isCompositeType(found) ? found : null;
}

function prefixOf({ key }: Entry, at: number): string {
  return `${at === 0 ? '' : ','}${JSON.stringify(key)}:`;
}

function typenameLine(entry: Entry, runtimeType: GraphQLCompositeType, at: number): string {
  if (!isObjectType(runtimeType)) return 'return fault();';
  return `text += ${JSON.stringify(`${prefixOf(entry, at)}"${runtimeType.name}"`)};`;
}

/** One field of the generated function. */
function fieldLine(entry: Entry, type: GraphQLOutputType, at: number): string {
  const source = JSON.stringify(entry.source);
  const prefix = JSON.stringify(prefixOf(entry, at));
  // What every object inherits is not data.
  const read =
    entry.source in Object.prototype ? `hasOwn(data, ${source}) ? data[${source}] : null` : `data[${source}]`;
  const named = isNonNullType(type) ? type.ofType : type;
  const text =
    'name' in named && named.name === 'String'
      ? `(typeof value === 'string' ? stringText(value) : t${at}(value))`
      : `t${at}(value)`;
  if (isNonNullType(type)) {
    return `value = ${read}; if (value === null || value === undefined) return fault();
        written = ${text}; if (written === undefined) return undefined; text += ${prefix} + written;`;
  }
  return `value = ${read}; text += ${prefix} + (value === null || value === undefined ? 'null' : (${text} ?? 'null'));`;
}

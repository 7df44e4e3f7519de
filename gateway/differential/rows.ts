import { GraphQLError } from 'graphql';

/** One object of a fixture. A function field gets the object, the arguments and how to read another field of it. */
export type Row = Readonly<Record<string, unknown>>;
/** Type name to its objects; `Query` and `Mutation` have one each. */
export type Tables = Readonly<Record<string, readonly Row[]>>;

/** Points at a row by key; null where there is none. */
export class Reference {
  constructor(
    readonly type: string,
    readonly key: Row,
  ) {}
}

export function ref(type: string, id: string): Reference {
  return new Reference(type, { id });
}

export function refs(type: string, ...ids: string[]): Reference[] {
  return ids.map((id) => ref(type, id));
}

/** What a resolver throws, with a code callers may see. */
export function fault(message: string, code = 'CONFLICT'): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

/** Reads rows as resolvers do; `concrete` names the object types behind an interface or union. */
export class Store {
  constructor(
    private readonly tables: Tables,
    private readonly concrete: (type: string) => readonly string[],
  ) {}

  root(type: string): Row {
    return { __typename: type, ...this.tables[type]?.[0] };
  }

  /** The value of a field of a row: what its function answers, with references followed. */
  read(row: Row, field: string, args: Readonly<Record<string, unknown>> = {}): unknown {
    const value = row[field];
    return this.follow(
      typeof value === 'function'
        ? (value as (self: Row, args: object, read: (field: string, args?: object) => unknown) => unknown)(
            row,
            args,
            (other, otherArgs) => this.read(row, other, { ...otherArgs }),
          )
        : value,
    );
  }

  find(type: string, key: Row): Row | null {
    if (Object.values(key).every((value) => value === null)) return null;
    for (const name of this.concrete(type)) {
      const found = (this.tables[name] ?? []).find((row) => this.matches(key, row));
      if (found) return { __typename: name, ...found };
    }
    return null;
  }

  private follow(value: unknown): unknown {
    if (value instanceof Reference) return this.find(value.type, value.key);
    if (Array.isArray(value)) return value.map((item) => this.follow(item));
    return value;
  }

  private matches(wanted: unknown, value: unknown): boolean {
    if (value instanceof Reference) return this.matches(wanted, this.follow(value));
    if (Array.isArray(wanted)) {
      return (
        Array.isArray(value) &&
        wanted.length === value.length &&
        wanted.every((item, index) => this.matches(item, value[index]))
      );
    }
    if (!isPlain(wanted)) return wanted === value;
    return (
      isPlain(value) &&
      Object.entries(wanted).every(([name, inner]) => name === '__typename' || this.matches(inner, value[name]))
    );
  }
}

export function isPlain(value: unknown): value is Row {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Reference) &&
    !(value instanceof Error)
  );
}

/** `over` on top of `under`, object by object. */
export function mergeRows(under: Row, over: Row): Row {
  const merged: Record<string, unknown> = { ...under };
  for (const [name, value] of Object.entries(over)) {
    const known = merged[name];
    merged[name] = isPlain(known) && isPlain(value) ? mergeRows(known, value) : value;
  }
  return merged;
}

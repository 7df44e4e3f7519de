import {
  type CompositeType,
  type Directive,
  isSubtype,
  type Operation,
  type OutputType,
  type Schema,
  type Selection,
  type SelectionSet,
  Variable,
} from '@apollo/federation-internals';

/** One key of an object of the answer. */
export interface Entry {
  readonly kind: 'field' | 'typename';
  /** The response key. */
  readonly key: string;
  /** The type condition it stands under. */
  readonly parentType: CompositeType;
  readonly type: OutputType;
  /** Sub-selections of every occurrence of the key. */
  readonly selections: SelectionSet[];
}

/** The keys of an object of this runtime type, in the order in which they are first selected. */
export function entriesOf(
  schema: Schema,
  selections: readonly SelectionSet[],
  parentType: CompositeType,
  typename: string | undefined,
  conditions: ReadonlyMap<string, boolean>,
): Entry[] {
  const entries = new Map<string, Entry>();
  const runtimeType = typename === undefined ? undefined : schema.type(typename);
  const collect = (set: SelectionSet, parent: CompositeType): void => {
    for (const selection of set.selections()) {
      if (isSkipped(schema, selection, conditions)) continue;
      if (selection.kind === 'FragmentSelection') {
        const { typeCondition } = selection.element;
        const subject = runtimeType ?? (typename === undefined ? parent : undefined);
        const applies = !typeCondition || (subject !== undefined && isSubtype(typeCondition, subject as CompositeType));
        if (applies) collect(selection.selectionSet, typeCondition ?? parent);
        continue;
      }
      const { element } = selection;
      const key = element.responseName();
      const known = entries.get(key);
      if (known) {
        if (selection.selectionSet) known.selections.push(selection.selectionSet);
        continue;
      }
      entries.set(key, {
        kind: element.name === '__typename' ? 'typename' : 'field',
        key,
        parentType: parent,
        type: element.definition.type as OutputType,
        selections: selection.selectionSet ? [selection.selectionSet] : [],
      });
    }
  };
  for (const set of selections) collect(set, parentType);
  return [...entries.values()];
}

function isSkipped(schema: Schema, { element }: Selection, conditions: ReadonlyMap<string, boolean>): boolean {
  const [skip] = element.appliedDirectivesOf(schema.skipDirective());
  const [include] = element.appliedDirectivesOf(schema.includeDirective());
  return (skip !== undefined && isTrue(skip, conditions)) || (include !== undefined && !isTrue(include, conditions));
}

function isTrue(directive: Pick<Directive, 'arguments'>, conditions: ReadonlyMap<string, boolean>): boolean {
  const value: unknown = (directive.arguments() as { readonly if?: unknown }).if;
  return value instanceof Variable ? conditions.get(value.name) === true : value === true;
}

export interface OperationTraits {
  /** Variables that @skip and @include read. */
  readonly conditions: readonly string[];
  /** `__schema` or `__type` is asked for, or a key is `__proto__`: not for us. */
  readonly unusual: boolean;
}

export function traitsOf(operation: Operation): OperationTraits {
  const schema = operation.schema();
  const conditions = new Set<string>();
  let unusual = false;
  const visit = (set: SelectionSet): void => {
    for (const selection of set.selections()) {
      const { element } = selection;
      for (const directive of [schema.skipDirective(), schema.includeDirective()]) {
        for (const applied of element.appliedDirectivesOf<{ if: unknown }>(directive as never)) {
          const value = applied.arguments().if;
          if (value instanceof Variable) conditions.add(value.name);
        }
      }
      if (selection.kind === 'FieldSelection') {
        const field = selection.element;
        unusual ||= field.definition.isSchemaIntrospectionField() || field.responseName() === '__proto__';
      }
      if (selection.selectionSet) visit(selection.selectionSet);
    }
  };
  visit(operation.selectionSet);
  return { conditions: [...conditions].sort(), unusual };
}

import { type GraphQLSchema, isAbstractType, isInterfaceType } from 'graphql';

/** Which `__typename`s satisfy a type condition, by the supergraph. */
export class TypeConditions {
  private readonly known = new Map<string, ReadonlySet<string>>();

  /** Names of interface types. */
  readonly interfaces: ReadonlySet<string>;

  constructor(readonly schema: GraphQLSchema) {
    const types = Object.values(schema.getTypeMap());
    this.interfaces = new Set(types.filter(isInterfaceType).map(({ name }) => name));
  }

  /** The type itself and every object and interface type below it. */
  satisfying(condition: string): ReadonlySet<string> {
    const found = this.known.get(condition);
    if (found) return found;
    const names = new Set([condition]);
    const type = this.schema.getType(condition);
    if (type && isAbstractType(type)) {
      for (const { name } of this.schema.getPossibleTypes(type)) names.add(name);
      if (isInterfaceType(type)) {
        for (const { name } of this.schema.getImplementations(type).interfaces) names.add(name);
      }
    }
    this.known.set(condition, names);
    return names;
  }
}

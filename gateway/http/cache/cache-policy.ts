import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { KnownOperation } from '../../documents/known-documents';
import type { CacheHint, CacheScope, SubgraphHints } from './cache-hints';

/** How long an answer stays true enough, and for whom. */
export interface CachePolicy {
  /** Seconds, above 0. */
  readonly maxAge: number;
  readonly scope: CacheScope;
}

/**
 * The policy of a whole operation by Apollo's rules: root fields and fields with sub-selections are not cacheable
 * unless a hint says so, scalars inherit, the smallest `maxAge` and the strictest scope win. One thing is added for a
 * graph of several owners, the same that Apollo's subgraphs do: fields another subgraph adds to an entity are cacheable
 * only when that subgraph's own entity type has a hint.
 */
export class CachePolicies {
  private readonly known = new WeakMap<KnownOperation, CachePolicy | 'NONE'>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly subgraphs: readonly SubgraphHints[],
  ) {}

  /** Null for what must not be kept: everything that is not a query, too. */
  of(operation: KnownOperation): CachePolicy | null {
    let policy = this.known.get(operation);
    if (policy === undefined) {
      policy = this.compute(operation) ?? 'NONE';
      this.known.set(operation, policy);
    }
    return policy === 'NONE' ? null : policy;
  }

  private compute({ definition, type, document }: KnownOperation): CachePolicy | null {
    const root = this.schema.getQueryType();
    if (type !== 'query' || !root || this.subgraphs.every(({ hints }) => hints.size === 0)) return null;
    const fragments = new Map<string, FragmentDefinitionNode>();
    for (const part of document.document?.definitions ?? []) {
      if (part.kind === Kind.FRAGMENT_DEFINITION) fragments.set(part.name.value, part);
    }
    const overall = new Restriction();
    this.walk(definition.selectionSet, root, null, fragments, overall);
    return overall.maxAge ? { maxAge: overall.maxAge, scope: overall.scope ?? 'PUBLIC' } : null;
  }

  /** `servedBy` is where the parent object comes from; null at the root. */
  private walk(
    set: SelectionSetNode,
    parent: GraphQLCompositeType,
    servedBy: readonly SubgraphHints[] | null,
    fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    overall: Restriction,
  ): void {
    for (const selection of set.selections) {
      if (overall.maxAge === 0) return;
      if (selection.kind === Kind.FIELD) {
        // Like Apollo's: __typename and introspection neither allow nor forbid.
        if (selection.name.value.startsWith('__')) continue;
        for (const object of this.objectsOf(parent)) this.field(selection, object, servedBy, fragments, overall);
        continue;
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      if (!fragment) continue;
      const condition = fragment.typeCondition && this.schema.getType(fragment.typeCondition.name.value);
      this.walk(fragment.selectionSet, isCompositeType(condition) ? condition : parent, servedBy, fragments, overall);
    }
  }

  private field(
    node: FieldNode,
    parent: GraphQLObjectType,
    servedBy: readonly SubgraphHints[] | null,
    fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    overall: Restriction,
  ): void {
    const field = parent.getFields()[node.name.value];
    if (!field) return;
    const name = `${parent.name}.${field.name}`;
    const owners = this.subgraphs.filter(({ fields }) => fields.has(name));
    const target = getNamedType(field.type);
    const own = new Restriction();
    let inherits = false;
    if (isCompositeType(target)) {
      const hint = merged(owners, target.name);
      own.replace(hint);
      inherits = hint.inheritMaxAge === true;
    }
    const hint = merged(owners, name);
    if (hint.inheritMaxAge && own.maxAge === undefined) inherits = true;
    own.replace(hint);
    if (own.maxAge === undefined && ((isCompositeType(target) && !inherits) || servedBy === null)) own.maxAge = 0;
    if (servedBy !== null && !owners.some((owner) => servedBy.includes(owner))) {
      const entity = merged(owners, parent.name);
      overall.restrict({ maxAge: entity.maxAge ?? 0, ...(entity.scope ? { scope: entity.scope } : {}) });
    }
    overall.restrict(own);
    if (node.selectionSet && isCompositeType(target)) {
      this.walk(node.selectionSet, target, owners, fragments, overall);
    }
  }

  private objectsOf(type: GraphQLCompositeType): readonly GraphQLObjectType[] {
    return isAbstractType(type) ? this.schema.getPossibleTypes(type) : [type];
  }
}

/** Where several subgraphs say something of the same place, the strictest holds. */
function merged(owners: readonly SubgraphHints[], place: string): CacheHint {
  const all = new Restriction();
  let inherits = false;
  for (const { hints } of owners) {
    const hint = hints.get(place);
    if (!hint) continue;
    all.restrict(hint);
    inherits ||= hint.inheritMaxAge === true;
  }
  return {
    ...(all.maxAge === undefined ? {} : { maxAge: all.maxAge }),
    ...(all.scope === undefined ? {} : { scope: all.scope }),
    ...(inherits ? { inheritMaxAge: true } : {}),
  };
}

class Restriction {
  maxAge: number | undefined;
  scope: CacheScope | undefined;

  restrict({ maxAge, scope }: { readonly maxAge?: number | undefined; readonly scope?: CacheScope | undefined }): void {
    if (maxAge !== undefined && (this.maxAge === undefined || maxAge < this.maxAge)) this.maxAge = maxAge;
    if (scope !== undefined && this.scope !== 'PRIVATE') this.scope = scope;
  }

  replace({ maxAge, scope }: CacheHint): void {
    if (maxAge !== undefined) this.maxAge = maxAge;
    if (scope !== undefined) this.scope = scope;
  }
}

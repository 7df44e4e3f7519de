import { type ConstDirectiveNode, type DefinitionNode, Kind, parse } from 'graphql';
import type { SubgraphEndpoint } from '../../../platform/subgraph/subgraph-port';

export type CacheScope = 'PUBLIC' | 'PRIVATE';

/** What one `@cacheControl` says (Apollo's directive); `maxAge` in seconds. */
export interface CacheHint {
  readonly maxAge?: number;
  readonly scope?: CacheScope;
  readonly inheritMaxAge?: true;
}

/** The hints of one subgraph's SDL. */
export interface SubgraphHints {
  readonly name: string;
  /** "Type" and "Type.field" to the hint on it. */
  readonly hints: ReadonlyMap<string, CacheHint>;
  /** "Type.field" of everything the subgraph itself can answer. */
  readonly fields: ReadonlySet<string>;
}

/** Composition drops `@cacheControl`, so it is read where it was written. */
export function readCacheHints(endpoints: readonly Pick<SubgraphEndpoint, 'name' | 'sdl'>[]): SubgraphHints[] {
  return endpoints.map(({ name, sdl }) => {
    const hints = new Map<string, CacheHint>();
    const fields = new Set<string>();
    // Where only a supergraph is known, nobody said anything of caching.
    if (sdl.trim() !== '') {
      for (const definition of parse(sdl, { noLocation: true }).definitions) collect(definition, hints, fields);
    }
    return { name, hints, fields };
  });
}

function collect(definition: DefinitionNode, hints: Map<string, CacheHint>, fields: Set<string>): void {
  switch (definition.kind) {
    case Kind.OBJECT_TYPE_DEFINITION:
    case Kind.OBJECT_TYPE_EXTENSION:
    case Kind.INTERFACE_TYPE_DEFINITION:
    case Kind.INTERFACE_TYPE_EXTENSION:
    case Kind.UNION_TYPE_DEFINITION:
    case Kind.UNION_TYPE_EXTENSION: {
      const type = definition.name.value;
      const own = hintOf(definition.directives);
      if (own) hints.set(type, own);
      if (!('fields' in definition)) return;
      for (const field of definition.fields ?? []) {
        const name = `${type}.${field.name.value}`;
        if (!field.directives?.some((directive) => directive.name.value === 'external')) fields.add(name);
        const hint = hintOf(field.directives);
        if (hint) hints.set(name, hint);
      }
    }
  }
}

function hintOf(directives: readonly ConstDirectiveNode[] | undefined): CacheHint | undefined {
  const directive = directives?.find(({ name }) => name.value === 'cacheControl');
  if (!directive) return undefined;
  const given = new Map((directive.arguments ?? []).map(({ name, value }) => [name.value, value]));
  const maxAge = given.get('maxAge');
  const scope = given.get('scope');
  const inherit = given.get('inheritMaxAge');
  return {
    ...(scope?.kind === Kind.ENUM ? { scope: scope.value === 'PRIVATE' ? 'PRIVATE' : 'PUBLIC' } : {}),
    ...(inherit?.kind === Kind.BOOLEAN && inherit.value
      ? { inheritMaxAge: true }
      : maxAge?.kind === Kind.INT
        ? { maxAge: Number(maxAge.value) }
        : {}),
  };
}

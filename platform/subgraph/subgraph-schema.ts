import { buildSubgraphSchema } from '@apollo/subgraph';
import { getDocumentNodeFromSchema } from '@graphql-tools/utils';
import {
  type DefinitionNode,
  type DocumentNode,
  type EnumValueDefinitionNode,
  type GraphQLSchema,
  Kind,
  parse,
  print,
} from 'graphql';
import { buildSchemaSync, createResolversMap, type NonEmptyArray } from 'type-graphql';
import { authChecker } from '../graphql/authorization';
import { isInternalEnum } from '../graphql/directives';
import { SimpleUserError } from '../user-errors/user-error.type';

const FEDERATION_LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@inaccessible", "@external", "@requires", "@provides", "@override", "@tag"])';

/** Apollo's definition; its enum is for the directive alone, so clients do not see it. */
const CACHE_CONTROL = `
  directive @cacheControl(maxAge: Int, scope: CacheControlScope, inheritMaxAge: Boolean)
    on FIELD_DEFINITION | OBJECT | INTERFACE | UNION
  "Who may be given a kept answer: everybody, or whoever it was made for."
  enum CacheControlScope @inaccessible {
    "Everybody."
    PUBLIC
    "Whoever it was made for."
    PRIVATE
  }
`;

/** type-graphql asks for one; our subscriptions bring bounded iterators of their own instead (`subscribe:`). */
const NO_PUB_SUB = {
  publish(): never {
    throw new Error('Events are published through the outbox.');
  },
  subscribe(): never {
    throw new Error('A subscription must name its own iterator: @Subscription({ subscribe }).');
  },
};

// biome-ignore lint/complexity/noBannedTypes: type-graphql identifies classes by Function.
type ClassReference = Function;

export interface SubgraphSchemaInput {
  readonly resolvers: NonEmptyArray<ClassReference>;
  /** Types no query reaches: entities served only by reference, implementations of interfaces. */
  readonly orphanedTypes: readonly ClassReference[];
  /** Error codes this subgraph answers with, and what each means. */
  readonly codes: Readonly<Record<string, string>>;
  /** Entity type to the function that finds one by its reference. */
  readonly references: Readonly<Record<string, (reference: never, context: never) => unknown>>;
}

export interface SubgraphSchema {
  readonly sdl: string;
  readonly schema: GraphQLSchema;
}

/** type-graphql classes to an executable federation 2 schema, through printed SDL, so that what is reviewed is what runs. */
export function buildFederatedSchema(input: SubgraphSchemaInput): SubgraphSchema {
  const classSchema = buildSchemaSync({
    resolvers: input.resolvers as NonEmptyArray<never>,
    orphanedTypes: [...input.orphanedTypes, SimpleUserError] as never[],
    authChecker: authChecker as never,
    // Values are checked where they are understood: in scalars, and in services that name the field at fault.
    validate: false,
    skipCheck: true,
    pubSub: NO_PUB_SUB,
  });
  const printed = getDocumentNodeFromSchema(classSchema);
  const typeDefs: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [
      ...parse(FEDERATION_LINK + CACHE_CONTROL).definitions,
      ...printed.definitions.map((node) => completeEnum(node, input.codes)),
    ],
  };
  // The classes' own enum resolvers would name codes this subgraph does not declare.
  const { ErrorCode: _unused, ...resolvers } = createResolversMap(classSchema) as Record<
    string,
    Record<string, unknown>
  >;
  for (const [type, resolve] of Object.entries(input.references)) {
    resolvers[type] = {
      ...resolvers[type],
      // Copied: the executor adds a mark to the object, and reference values are often shared or frozen.
      __resolveReference: (reference: unknown, context: unknown) => resolve(reference as never, context as never),
    };
  }
  return {
    sdl: `${print(typeDefs)}\n`,
    schema: buildSubgraphSchema([{ typeDefs, resolvers: resolvers as never }]),
  };
}

/** What type-graphql cannot say of an enum: this subgraph's own error codes, and what is internal. */
function completeEnum(node: DefinitionNode, codes: Readonly<Record<string, string>>): DefinitionNode {
  if (node.kind !== Kind.ENUM_TYPE_DEFINITION) return node;
  if (isInternalEnum(node.name.value)) {
    const hidden = { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: 'inaccessible' } } as const;
    return { ...node, directives: [...(node.directives ?? []), hidden] };
  }
  if (node.name.value !== 'ErrorCode') return node;
  const values: EnumValueDefinitionNode[] = Object.keys(codes)
    .sort()
    .map((code) => ({
      kind: Kind.ENUM_VALUE_DEFINITION,
      name: { kind: Kind.NAME, value: code },
      description: { kind: Kind.STRING, value: codes[code] ?? '' },
    }));
  return { ...node, values };
}

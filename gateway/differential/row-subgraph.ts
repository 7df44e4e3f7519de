import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  Kind,
  parse,
  type SelectionSetNode,
  type TypeDefinitionNode,
  type TypeExtensionNode,
  validate,
} from 'graphql';
import type { SubgraphEndpoint } from '../../platform/subgraph/subgraph-port';
import { mergeRows, type Row, type Store } from './rows';

export interface SubgraphSource {
  readonly name: string;
  readonly sdl: string;
}

interface EntityShape {
  /** The keys by which this subgraph finds the entity, as documents of one selection set. */
  readonly resolvable: readonly SelectionSetNode[];
  readonly keyFields: ReadonlySet<string>;
  readonly owned: ReadonlySet<string>;
}

/**
 * A subgraph over the rows of a fixture. An entity asked for by reference knows only the fields this subgraph owns and
 * what its representation brings, so a wrong or missing @requires input shows in the answer.
 */
export function rowSubgraph({ name, sdl }: SubgraphSource, store: Store): SubgraphEndpoint {
  const document = parse(sdl);
  const shapes = entityShapes(document);
  const resolvers: Record<string, object> = {};
  for (const [type, shape] of shapes) {
    resolvers[type] = { __resolveReference: (representation: Row) => resolve(representation, shape, shapes, store) };
  }
  const schema: GraphQLSchema = buildSubgraphSchema([{ typeDefs: document, resolvers: resolvers as never }]);
  const valid = new WeakSet<DocumentNode>();
  return {
    name,
    sdl,
    topics: {},
    async execute(request): Promise<ExecutionResult> {
      if (!valid.has(request.document)) {
        const errors = validate(schema, request.document);
        if (errors.length > 0) return { errors };
        valid.add(request.document);
      }
      return await execute({
        schema,
        document: request.document,
        variableValues: request.variables ?? {},
        operationName: request.operationName ?? null,
        rootValue: null,
        fieldResolver: (source, args, _context, info) =>
          store.read(
            (source as Row | null) ?? store.root(canonicalRoot(schema, info.parentType.name)),
            info.fieldName,
            args,
          ),
        typeResolver: (value) => (value as Row)['__typename'] as string,
      });
    },
    subscribe: () => Promise.resolve({ errors: [] }),
  };
}

/** Subgraphs may call their root types as they like. */
function canonicalRoot(schema: GraphQLSchema, name: string): string {
  return name === schema.getMutationType()?.name ? 'Mutation' : 'Query';
}

function resolve(
  representation: Row,
  shape: EntityShape,
  shapes: ReadonlyMap<string, EntityShape>,
  store: Store,
): Row | null {
  const type = String(representation['__typename']);
  const key = Object.fromEntries(Object.entries(representation).filter(([field]) => shape.keyFields.has(field)));
  // Strict on purpose: a representation without a whole key that can be resolved here is a fault of the plan.
  if (!shape.resolvable.some((selection) => has(representation, selection))) return null;
  const row = store.find(type, key);
  if (!row) return null;
  // A reference to an interface finds an object of one of its types, with all this subgraph has of it.
  const { owned, keyFields } = shapes.get(String(row['__typename'])) ?? shape;
  const own = Object.fromEntries(
    Object.entries(row).filter(([field]) => field === '__typename' || owned.has(field) || keyFields.has(field)),
  );
  const brought = Object.fromEntries(
    Object.entries(representation).filter(([field]) => field !== '__typename' && !shape.keyFields.has(field)),
  );
  return mergeRows(own, brought);
}

function entityShapes(document: DocumentNode): Map<string, EntityShape> {
  const shapes = new Map<string, { resolvable: SelectionSetNode[]; keyFields: Set<string>; owned: Set<string> }>();
  for (const definition of document.definitions) {
    if (!isFielded(definition)) continue;
    const keys = (definition.directives ?? []).filter((directive) => directive.name.value === 'key');
    const known = shapes.get(definition.name.value);
    if (keys.length === 0 && !known) continue;
    const shape = known ?? { resolvable: [], keyFields: new Set<string>(), owned: new Set<string>() };
    shapes.set(definition.name.value, shape);
    for (const key of keys) {
      const fields = key.arguments?.find((argument) => argument.name.value === 'fields')?.value;
      if (fields?.kind !== Kind.STRING) continue;
      const selection = selectionOf(fields.value);
      if (!selection) continue;
      for (const node of selection.selections) if (node.kind === Kind.FIELD) shape.keyFields.add(node.name.value);
      const resolvable = key.arguments?.find((argument) => argument.name.value === 'resolvable')?.value;
      if (resolvable?.kind !== Kind.BOOLEAN || resolvable.value) shape.resolvable.push(selection);
    }
    const wholeExternal = definition.directives?.some(({ name }) => name.value === 'external') ?? false;
    for (const field of definition.fields ?? []) {
      const external = wholeExternal || field.directives?.some(({ name }) => name.value === 'external');
      if (!external) shape.owned.add(field.name.value);
    }
  }
  return shapes;
}

type Fielded = Extract<TypeDefinitionNode | TypeExtensionNode, { readonly fields?: unknown }>;

function isFielded(node: { readonly kind: string }): node is Extract<Fielded, { readonly interfaces?: unknown }> {
  return (
    node.kind === Kind.OBJECT_TYPE_DEFINITION ||
    node.kind === Kind.OBJECT_TYPE_EXTENSION ||
    node.kind === Kind.INTERFACE_TYPE_DEFINITION ||
    node.kind === Kind.INTERFACE_TYPE_EXTENSION
  );
}

function selectionOf(text: string): SelectionSetNode | null {
  const [operation] = parse(`{ ${text} }`).definitions;
  return operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet : null;
}

function has(value: unknown, selection: SelectionSetNode): boolean {
  if (Array.isArray(value)) return value.every((item) => has(item, selection));
  if (value === null || typeof value !== 'object') return value === null;
  return selection.selections.every((node) => {
    if (node.kind !== Kind.FIELD) return true;
    const inner = (value as Row)[node.name.value];
    return inner !== undefined && (node.selectionSet === undefined || has(inner, node.selectionSet));
  });
}

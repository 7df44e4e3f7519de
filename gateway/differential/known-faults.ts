import {
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { equal, isSubset, sameData, type Written } from './comparison';

export interface Disagreement {
  readonly graph: string;
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly stock: Written;
  readonly ours: Written;
  readonly truth: Written | null;
}

/**
 * A way in which Apollo's planner or executor is known to answer wrongly. "right": ours must give the right answer.
 * "open": ours still answers as the stock one does, and must not do worse.
 */
export interface KnownFault {
  readonly name: string;
  readonly reason: string;
  readonly ours: 'right' | 'open';
  explains(disagreement: Disagreement): boolean;
}

/** Looked through in this order; the first that explains a disagreement names it. */
export const KNOWN_FAULTS: readonly KnownFault[] = [
  {
    name: 'two-requires-with-arguments',
    reason: 'Two @requires of one selection name a field with different arguments; the plan asks for it once.',
    ours: 'right',
    explains: ({ graph }) => graph === 'requires-with-argument-conflict',
  },
  {
    name: 'nothing-to-ask',
    reason: 'Where no subgraph can be asked for a field the plan is empty, and the answer is null without any error.',
    ours: 'right',
    explains: ({ stock, ours }) =>
      stock.errors.length === 0 &&
      ours.errors.some((error) => error.endsWith('No subgraph can be asked for these fields.')),
  },
  {
    name: 'error-at-another-index',
    reason:
      'Entities left out of a fetch (their type is not asked for) are counted all the same: the error is said to be at the index of another one.',
    ours: 'right',
    explains: ({ stock, ours }) =>
      !equal(stock, ours) &&
      sameData(stock.data, ours.data) &&
      sameButIndices(stock.errors, ours.errors) &&
      ours.errors.every((error) => leadsToNull(error, ours.data)),
  },
  {
    name: 'null-without-a-word',
    reason:
      "An object whose __typename stays the name of an interface (its entity is nobody's) becomes null without an error; ours says why.",
    ours: 'right',
    explains: ({ stock, ours, truth }) =>
      truth === null &&
      sameData(stock.data, ours.data) &&
      stock.errors.every((error) => ours.errors.includes(error)) &&
      ours.errors.every((error) => stock.errors.includes(error) || error.includes('Invalid __typename found')),
  },
  {
    name: 'fields-lost-under-a-fragment',
    reason:
      'A fragment is held not to apply where __typename was not fetched, was replaced by the name of an interface object, or names a renamed root.',
    ours: 'right',
    explains: ({ stock, ours, truth }) =>
      isSubset(stock.data, (truth ?? ours).data) && stock.errors.length === (truth ?? ours).errors.length,
  },
  {
    name: 'alias-of-another-field',
    reason:
      'A response name that is also the name of another field of the type (`id: rid`) meets the key or required field of that name in the plan: the entity is looked up by, or answered with, the wrong one.',
    ours: 'right',
    explains: ({ schema, document }) =>
      someField(
        schema,
        document,
        ({ fields, name, alias }) => alias !== undefined && alias !== name && alias in fields,
      ),
  },
  {
    name: 'requires-with-argument',
    reason:
      'A field the client selects with arguments is asked for once with those of a @requires, or the other way round.',
    ours: 'right',
    explains: ({ graph, schema, document }) =>
      graph === 'requires-with-argument' && someField(schema, document, ({ hasArguments }) => hasArguments),
  },
  {
    name: 'planned-under-conditions',
    reason:
      'Selections under @skip or @include are planned apart: an object of nothing but excluded fields is not fetched, inputs of @requires go missing, root types and clashing types keep their names.',
    ours: 'open',
    explains: ({ document }) => hasConditions(document),
  },
];

interface VisitedField {
  readonly fields: object;
  readonly name: string;
  readonly alias: string | undefined;
  readonly hasArguments: boolean;
}

function someField(schema: GraphQLSchema, document: DocumentNode, test: (field: VisitedField) => boolean): boolean {
  const types = new TypeInfo(schema);
  let found = false;
  visit(
    document,
    visitWithTypeInfo(types, {
      Field(node) {
        const parent = types.getParentType();
        const named = parent ? getNamedType(parent) : undefined;
        if (!named || !(isObjectType(named) || isInterfaceType(named))) return;
        found ||= test({
          fields: named.getFields(),
          name: node.name.value,
          alias: node.alias?.value,
          hasArguments: (node.arguments ?? []).length > 0,
        });
      },
    }),
  );
  return found;
}

export function hasConditions(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Directive() {
      found = true;
    },
  });
  return found;
}

export function hasIntrospection(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Field(node) {
      found ||= node.name.value === '__schema' || node.name.value === '__type';
    },
  });
  return found;
}

function sameButIndices(a: readonly string[], b: readonly string[]): boolean {
  const blurred = (errors: readonly string[]) =>
    errors.map((error) => error.replace(/(?<=^\[.*)\b\d+\b(?=.*\] ")/g, '#')).sort();
  const left = blurred(a);
  const right = blurred(b);
  return left.length === right.length && left.every((error, at) => error === right[at]);
}

/** Whether the path a written error begins with walks through the data to a null. */
function leadsToNull(error: string, data: unknown): boolean {
  const end = error.indexOf('] ');
  if (end < 0) return true;
  let value = data;
  for (const step of JSON.parse(error.slice(0, end + 1)) as (string | number)[]) {
    if (value === null) return true;
    if (typeof value !== 'object' || value === undefined) return false;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value === null;
}

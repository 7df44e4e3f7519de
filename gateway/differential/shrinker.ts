import {
  type ASTNode,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  print,
  type SelectionNode,
  type SelectionSetNode,
  validate,
  visit,
} from 'graphql';
import type { GeneratedOperation } from './operation-generator';

const MOST_STEPS = 400;

/** The smallest operation found by leaving parts out that still fails: selections, directives, whole fragments. */
export async function shrink(
  schema: GraphQLSchema,
  operation: GeneratedOperation,
  fails: (candidate: GeneratedOperation) => Promise<boolean>,
): Promise<GeneratedOperation> {
  let best = operation;
  let steps = 0;
  let shrunk = true;
  while (shrunk && steps < MOST_STEPS) {
    shrunk = false;
    for (const document of smaller(best.document)) {
      if (++steps > MOST_STEPS) break;
      const candidate = withDocument(best, tidy(document));
      if (validate(schema, candidate.document).length > 0) continue;
      if (!(await fails(candidate))) continue;
      best = candidate;
      shrunk = true;
      break;
    }
  }
  return best;
}

function withDocument(operation: GeneratedOperation, document: DocumentNode): GeneratedOperation {
  const declared = new Set<string>();
  visit(document, { VariableDefinition: (node) => void declared.add(node.variable.name.value) });
  return {
    document,
    text: print(document),
    variables: Object.fromEntries(Object.entries(operation.variables).filter(([name]) => declared.has(name))),
  };
}

/** Every document with one selection or directive less, or a fragment written where it was spread. */
function* smaller(document: DocumentNode): Generator<DocumentNode> {
  let count = 0;
  visit(document, { enter: () => void count++ });
  for (let target = 0; target < count; target++) {
    let at = -1;
    let changed = false;
    const result: DocumentNode = visit(document, {
      enter(node: ASTNode, _key, parent) {
        at += 1;
        if (at !== target) return undefined;
        if (node.kind === Kind.DIRECTIVE) {
          changed = true;
          return null;
        }
        if (isSelection(node) && isSet(parentOf(parent)) && Array.isArray(parent) && parent.length > 1) {
          changed = true;
          return null;
        }
        if (node.kind === Kind.FIELD && node.alias) {
          changed = true;
          return { ...node, alias: undefined };
        }
        return undefined;
      },
    });
    if (changed) yield result;
  }
}

/** visit hands the array a node stands in; only selections stand in arrays of selections. */
function parentOf(parent: unknown): unknown {
  return parent;
}

function isSet(parent: unknown): parent is SelectionSetNode['selections'] {
  return Array.isArray(parent) && parent.every((node) => isSelection(node as ASTNode));
}

function isSelection(node: ASTNode): node is SelectionNode {
  return node.kind === Kind.FIELD || node.kind === Kind.INLINE_FRAGMENT || node.kind === Kind.FRAGMENT_SPREAD;
}

/** Without the fragments and variables nobody uses any more. */
function tidy(document: DocumentNode): DocumentNode {
  let current = document;
  for (;;) {
    const used = new Set<string>();
    visit(current, { FragmentSpread: (node) => void used.add(node.name.value) });
    const definitions = current.definitions.filter(
      (node) => node.kind !== Kind.FRAGMENT_DEFINITION || used.has(node.name.value),
    );
    if (definitions.length === current.definitions.length) break;
    current = { ...current, definitions };
  }
  const variables = new Set<string>();
  visit(current, {
    VariableDefinition: () => false,
    Variable: (node) => void variables.add(node.name.value),
  });
  return visit(current, {
    VariableDefinition: (node) => (variables.has(node.variable.name.value) ? undefined : null),
  });
}

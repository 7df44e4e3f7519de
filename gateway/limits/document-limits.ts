import {
  type ASTVisitor,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';
import { LIMITS } from './limits';

interface Measure {
  readonly depth: number;
  readonly aliases: number;
  readonly directives: number;
  readonly selections: number;
  readonly fields: number;
}

const NOTHING: Measure = { depth: 0, aliases: 0, directives: 0, selections: 0, fields: 0 };

/**
 * A validation rule that refuses operations past the limits on depth, aliases, directives, size and mutation fields.
 * Fragments count each time they are spread; each is measured once, so the rule stays linear in the document.
 */
export function documentLimits(context: ValidationContext): ASTVisitor {
  return {
    Document(document) {
      const measured = measureFragments(
        document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION),
      );
      for (const definition of document.definitions) {
        if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
        for (const error of faultsOf(definition, measured)) context.reportError(error);
      }
    },
  };
}

function faultsOf(operation: OperationDefinitionNode, fragment: (name: string) => Measure): GraphQLError[] {
  const whole = measure(operation.selectionSet, fragment);
  const directives =
    whole.directives +
    (operation.directives?.length ?? 0) +
    (operation.variableDefinitions ?? []).reduce((sum, { directives }) => sum + (directives?.length ?? 0), 0);
  const checks: [string, string, number, number][] = [
    ['depth', 'levels of fields', whole.depth, LIMITS.depth],
    ['aliases', 'aliases', whole.aliases, LIMITS.aliases],
    ['directives', 'directives', directives, LIMITS.directives],
    ['selections', 'selections', whole.selections, LIMITS.selections],
  ];
  if (operation.operation === OperationTypeNode.MUTATION) {
    checks.push(['mutationFields', 'mutation in a request', whole.fields, LIMITS.mutationFields]);
  }
  return checks
    .filter(([, , actual, maximum]) => actual > maximum)
    .map(
      ([limit, what, actual, maximum]) =>
        new GraphQLError(`At most ${maximum} ${what} ${maximum === 1 ? 'is' : 'are'} allowed; this has ${actual}.`, {
          nodes: operation,
          extensions: { limit, maximum },
        }),
    );
}

function measureFragments(definitions: readonly FragmentDefinitionNode[]): (name: string) => Measure {
  const byName = new Map(definitions.map((definition) => [definition.name.value, definition]));
  const done = new Map<string, Measure>();
  const fragment = (name: string): Measure => {
    const known = done.get(name);
    if (known) return known;
    const definition = byName.get(name);
    if (!definition) return NOTHING;
    // A cycle is refused by a rule of the specification; here it only must not run forever.
    done.set(name, NOTHING);
    const own = measure(definition.selectionSet, fragment);
    const result = { ...own, directives: own.directives + (definition.directives?.length ?? 0) };
    done.set(name, result);
    return result;
  };
  return fragment;
}

function measure(set: SelectionSetNode, fragment: (name: string) => Measure): Measure {
  let { depth, aliases, directives, selections, fields } = NOTHING;
  for (const selection of set.selections) {
    selections += 1;
    directives += selection.directives?.length ?? 0;
    if (selection.kind === Kind.FIELD) {
      const inner = selection.selectionSet ? measure(selection.selectionSet, fragment) : NOTHING;
      depth = Math.max(depth, selection.name.value.startsWith('__') ? 1 : 1 + inner.depth);
      aliases += inner.aliases + (selection.alias ? 1 : 0);
      directives += inner.directives;
      selections += inner.selections;
      fields += 1;
      continue;
    }
    const inner =
      selection.kind === Kind.INLINE_FRAGMENT
        ? measure(selection.selectionSet, fragment)
        : fragment(selection.name.value);
    depth = Math.max(depth, inner.depth);
    aliases += inner.aliases;
    directives += inner.directives;
    selections += inner.selections;
    fields += inner.fields;
  }
  return { depth, aliases, directives, selections, fields };
}

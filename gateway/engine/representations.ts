import type { QueryPlanFieldNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import { type Data, isData, mergeInto, own } from './data';
import type { TypeConditions } from './type-conditions';

/** What a subgraph must be told of an entity to find it; null when the entity lacks a field for that. */
export type Represent = (entity: unknown) => Data | null;

/** The `requires` of a fetch; null, too, for an entity that fits none of its type conditions. */
export function compileRequires(selections: readonly QueryPlanSelectionNode[], conditions: TypeConditions): Represent {
  const [only] = selections;
  if (selections.length === 1 && only?.kind === 'InlineFragment' && only.typeCondition !== undefined) {
    const types = conditions.satisfying(only.typeCondition);
    const inner = compileSelections(only.selections, conditions);
    return (entity) => (isData(entity) && types.has(entity['__typename'] as string) ? inner(entity) : null);
  }
  return compileSelections(selections, conditions);
}

function compileSelections(selections: readonly QueryPlanSelectionNode[], conditions: TypeConditions): Represent {
  if (selections.every((selection) => selection.kind === 'Field' && !selection.selections)) {
    return flatRepresentation(selections.map((selection) => keyOf(selection as QueryPlanFieldNode)));
  }
  const steps = selections.flatMap((selection) => compileStep(selection, conditions) ?? []);
  return (entity) => {
    if (!isData(entity)) return null;
    const result: Data = {};
    for (const step of steps) if (!step(entity, result)) return null;
    return result;
  };
}

const NO_INTERFACES: ReadonlySet<unknown> = new Set();

/** False: the entity has not what it takes. */
type Step = (entity: Data, result: Data) => boolean;

function compileStep(selection: QueryPlanSelectionNode, conditions: TypeConditions): Step | null {
  if (selection.kind === 'InlineFragment') {
    if (selection.typeCondition === undefined) return null;
    const types = conditions.satisfying(selection.typeCondition);
    const represent = compileSelections(selection.selections, conditions);
    return (entity, result) => {
      if (!types.has(entity['__typename'] as string)) return true;
      const part = represent(entity);
      if (part) mergeInto(result, part, NO_INTERFACES);
      return true;
    };
  }
  const key = keyOf(selection);
  const inner = selection.selections ? compileSelections(selection.selections, conditions) : null;
  return (entity, result) => {
    const value = own(entity, key);
    if (value === undefined) return false;
    result[key] = inner ? representAll(value, inner) : value;
    return true;
  };
}

function representAll(value: unknown, represent: Represent): unknown {
  return Array.isArray(value) ? value.map((item) => representAll(item, represent)) : represent(value);
}

function keyOf(field: QueryPlanFieldNode): string {
  return field.alias ?? field.name;
}

/** The usual case, a type and its key, as one literal. */
function flatRepresentation(keys: readonly string[]): Represent {
  const names = [...new Set(keys)].map((key) => JSON.stringify(key));
  const body = `
    if (typeof entity !== 'object' || entity === null || Array.isArray(entity)) return null;
    ${names.map((name, at) => `const v${at} = entity[${name}]; if (v${at} === undefined || typeof v${at} === 'function') return null;`).join('\n')}
    return { ${names.map((name, at) => `[${name}]: v${at}`).join(', ')} };`;
  // Made of names of the graph only, written as JSON strings.
  return new Function('entity', body) as Represent;
}

/** Equal for equal representations of one fetch. */
export function identityOf(value: unknown): string {
  if (typeof value === 'string') return `${value.length}:${value}`;
  if (typeof value !== 'object' || value === null) return `${String(value)};`;
  if (Array.isArray(value)) return `[${value.map(identityOf).join('')}]`;
  let text = '{';
  for (const key in value) text += key + identityOf((value as Data)[key]);
  return `${text}}`;
}

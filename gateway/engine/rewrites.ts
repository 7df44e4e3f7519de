import type { FetchDataRewrite } from '@apollo/query-planner';
import { type Data, own } from './data';
import type { TypeConditions } from './type-conditions';

export type Rewrite = (value: unknown) => void;

const FRAGMENT = '... on ';

interface Step {
  readonly field?: string;
  /** `__typename`s that pass; an object that does not say its type passes too. */
  readonly types?: ReadonlySet<string>;
}

/** The planner's changes to what is sent to a subgraph or came from it; null when there are none. */
export function compileRewrites(
  rewrites: readonly FetchDataRewrite[] | undefined,
  conditions: TypeConditions,
): Rewrite | null {
  const compiled = (rewrites ?? []).flatMap((rewrite) => compileRewrite(rewrite, conditions) ?? []);
  if (compiled.length === 0) return null;
  return (value) => {
    for (const rewrite of compiled) rewrite(value);
  };
}

function compileRewrite(rewrite: FetchDataRewrite, conditions: TypeConditions): Rewrite | null {
  const field = rewrite.path.at(-1);
  if (field === undefined) return null;
  const steps = rewrite.path
    .slice(0, -1)
    .map(
      (element): Step =>
        element.startsWith(FRAGMENT)
          ? { types: conditions.satisfying(element.slice(FRAGMENT.length)) }
          : { field: element },
    );
  return (value) => applyAt(value, steps, 0, changeOf(rewrite, field));
}

function changeOf(rewrite: FetchDataRewrite, field: string): (data: Data) => void {
  if (rewrite.kind === 'ValueSetter') {
    const value: unknown = rewrite.setValueTo;
    return (data) => {
      data[field] = value;
    };
  }
  const { renameKeyTo } = rewrite;
  return (data) => {
    const value = own(data, field);
    // Apollo's executor leaves false, 0 and "" behind under the old name, and the client then gets null.
    if (value === undefined || value === null) return;
    data[renameKeyTo] = value;
    data[field] = undefined;
  };
}

function applyAt(value: unknown, steps: readonly Step[], at: number, change: (data: Data) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) applyAt(item, steps, at, change);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const data = value as Data;
  const step = steps[at];
  if (!step) {
    change(data);
  } else if (step.field !== undefined) {
    applyAt(own(data, step.field), steps, at + 1, change);
  } else {
    const typename = data['__typename'];
    if (!typename || step.types?.has(typename as string)) applyAt(data, steps, at + 1, change);
  }
}

import type { VariableDefinitions } from '@apollo/federation-internals';
import { evaluateCondition, type PlanNode, type QueryPlan } from '@apollo/query-planner';
import { type PlanContext, PlanFetch } from './plan-fetch';
import type { PlanRun } from './plan-run';
import type { PlanSource } from './plan-source';

export type SourceByName = (name: string) => PlanSource;

/** Runs a plan's fetches; undefined when none had to wait. Never rejects. */
export type ExecutablePlan = (run: PlanRun, sources: SourceByName) => Promise<void> | undefined;

/** Null for a plan of a shape that is left to Apollo's executor. */
export function compilePlan(
  plan: QueryPlan,
  context: PlanContext,
  variableDefinitions: VariableDefinitions,
): ExecutablePlan | null {
  if (!plan.node) return () => undefined;
  if (plan.node.kind === 'Subscription') return null;
  try {
    return compileNode(plan.node, []);
  } catch (error) {
    if (error instanceof NotCovered) return null;
    throw error;
  }

  function compileNode(node: PlanNode, path: readonly string[]): ExecutablePlan {
    switch (node.kind) {
      case 'Sequence':
        return sequence(node.nodes.map((child) => compileNode(child, path)));
      case 'Parallel':
        return parallel(node.nodes.map((child) => compileNode(child, path)));
      case 'Flatten':
        return compileNode(node.node, [...path, ...node.path.map(stepOf)]);
      case 'Condition': {
        const whenTrue = node.ifClause ? compileNode(node.ifClause, path) : nothing;
        const whenFalse = node.elseClause ? compileNode(node.elseClause, path) : nothing;
        return (run, sources) =>
          (evaluateCondition(node, variableDefinitions, run.variables) ? whenTrue : whenFalse)(run, sources);
      }
      case 'Fetch': {
        if (node.contextRewrites?.length || node.hasDefers) throw new NotCovered();
        const fetch = new PlanFetch(node, path, context);
        return (run, sources) => fetch.run(run, sources(node.serviceName));
      }
      case 'Defer':
        throw new NotCovered();
    }
  }
}

class NotCovered extends Error {}

/** A list index is "@"; anything more (a type filter, say) is not for us. */
function stepOf(step: string | number): string {
  if (typeof step !== 'string' || !/^(@|[_A-Za-z][_0-9A-Za-z]*)$/.test(step) || step === '__proto__') {
    throw new NotCovered();
  }
  return step;
}

const nothing: ExecutablePlan = () => undefined;

function sequence(parts: readonly ExecutablePlan[]): ExecutablePlan {
  const from = (start: number, run: PlanRun, sources: SourceByName): Promise<void> | undefined => {
    for (let at = start; at < parts.length; at++) {
      const waiting = parts[at]?.(run, sources);
      if (waiting) return at + 1 < parts.length ? waiting.then(() => from(at + 1, run, sources)) : waiting;
    }
    return undefined;
  };
  return (run, sources) => from(0, run, sources);
}

function parallel(parts: readonly ExecutablePlan[]): ExecutablePlan {
  return (run, sources) => {
    const waiting: Promise<void>[] = [];
    for (const part of parts) {
      const promise = part(run, sources);
      if (promise) waiting.push(promise);
    }
    if (waiting.length < 2) return waiting[0];
    return Promise.all(waiting).then(() => undefined);
  };
}

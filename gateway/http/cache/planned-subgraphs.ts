import type { PlanNode, QueryPlan, SubscriptionNode } from '@apollo/query-planner';

type AnyNode = PlanNode | SubscriptionNode;

/** The subgraphs a plan asks, each once. */
export function plannedSubgraphs({ node }: QueryPlan): readonly string[] {
  const names = new Set<string>();
  if (node) collect(node, names);
  return [...names].sort();
}

function collect(node: AnyNode, names: Set<string>): void {
  switch (node.kind) {
    case 'Fetch':
      names.add(node.serviceName);
      return;
    case 'Sequence':
    case 'Parallel':
      for (const child of node.nodes) collect(child, names);
      return;
    case 'Flatten':
      collect(node.node, names);
      return;
    case 'Condition':
      if (node.ifClause) collect(node.ifClause, names);
      if (node.elseClause) collect(node.elseClause, names);
      return;
    case 'Defer':
      if (node.primary.node) collect(node.primary.node, names);
      for (const { node: deferred } of node.deferred) if (deferred) collect(deferred, names);
      return;
    case 'Subscription':
      collect(node.primary, names);
      if (node.rest) collect(node.rest, names);
  }
}

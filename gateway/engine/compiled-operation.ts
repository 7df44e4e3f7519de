import type { Operation } from '@apollo/federation-internals';
import type { QueryPlan } from '@apollo/query-planner';
import { GraphQLError } from 'graphql';
import type { Answer } from '../answer';
import { faultsOf } from './answer-faults';
import { AnswerWriter } from './answer-writer';
import type { ClientOperation, Reading } from './client-operation';
import { mergeInto } from './data';
import { compilePlan, type ExecutablePlan, type SourceByName } from './executable-plan';
import { bytesOfCompiled } from './memory';
import type { PlanContext } from './plan-fetch';
import type { PlanRun } from './plan-run';

/** An operation and the plan made for it. */
export interface PlannedPart {
  readonly operation: Operation;
  readonly plan: QueryPlan;
}

/** One operation with one plan for it and every @skip and @include decided, ready to run. */
export class CompiledOperation {
  private constructor(
    private readonly client: ClientOperation,
    private readonly writer: AnswerWriter,
    private readonly plan: ExecutablePlan,
    private readonly isEmpty: boolean,
    /** Estimated. */
    readonly bytes: number,
  ) {}

  /** Null for what is left to Apollo's executor. The parts together ask for everything the client wants. */
  static compile(
    client: ClientOperation,
    reading: Reading,
    parts: readonly PlannedPart[],
    context: PlanContext,
  ): CompiledOperation | null {
    if (client.unusual) return null;
    const plans: ExecutablePlan[] = [];
    for (const { operation, plan } of parts) {
      const executable = compilePlan(plan, context, operation.variableDefinitions);
      if (!executable) return null;
      plans.push(executable);
    }
    const isEmpty = parts.every(({ plan }) => !plan.node);
    const writer = new AnswerWriter(client, reading);
    const bytes = bytesOfCompiled(parts.map(({ plan }) => plan));
    return new CompiledOperation(client, writer, together(plans, context), isEmpty, bytes);
  }

  /** Errors are as the subgraphs and the post-processing gave them, for the caller's gate to mask. */
  async run(run: PlanRun, sources: SourceByName): Promise<Answer> {
    const { client, writer } = this;
    // An empty plan answers fields only where nobody can be asked for them; Apollo's executor says null and no more.
    if (this.isEmpty && writer.asksForFields) {
      return { data: 'null', errors: [new GraphQLError('No subgraph can be asked for these fields.')] };
    }
    await this.plan(run, sources);
    run.end();
    if (client.introspects) Object.assign(run.data, client.introspect(run.variables, writer.reading.conditions));
    const { text, faulty } = writer.write(run.data);
    // What is missing because a subgraph failed is explained by that failure.
    if (!faulty || run.errors.length > 0) return { data: text, errors: run.errors };
    const { requestId } = run.caller;
    const errors = faultsOf(client, writer.reading, run.data).map(
      ({ message, path }) => new GraphQLError(message, { path, extensions: { code: 'INTERNAL', requestId } }),
    );
    return { data: text, errors };
  }
}

/** Parts that must not meet in the data of one plan run side by side; what they found is merged at the end. */
function together(plans: readonly ExecutablePlan[], { conditions }: PlanContext): ExecutablePlan {
  const [first, ...others] = plans;
  if (first && others.length === 0) return first;
  return async (run, sources) => {
    const branches = others.map((plan) => ({ plan, branch: run.branch() }));
    await Promise.all([first?.(run, sources), ...branches.map(({ plan, branch }) => plan(branch, sources))]);
    for (const { branch } of branches) mergeInto(run.data, branch.data, conditions.interfaces);
  };
}

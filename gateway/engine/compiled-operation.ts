import type { Operation } from '@apollo/federation-internals';
import type { QueryPlan } from '@apollo/query-planner';
import { GraphQLError } from 'graphql';
import type { Answer } from '../answer';
import { faultsOf } from './answer-faults';
import { AnswerWriter } from './answer-writer';
import type { ClientOperation, Reading } from './client-operation';
import { compilePlan, type ExecutablePlan, type SourceByName } from './executable-plan';
import type { PlanContext } from './plan-fetch';
import type { PlanRun } from './plan-run';

/** One operation with one plan for it and every @skip and @include decided, ready to run. */
export class CompiledOperation {
  private constructor(
    private readonly client: ClientOperation,
    private readonly writer: AnswerWriter,
    private readonly plan: ExecutablePlan,
    private readonly isEmpty: boolean,
  ) {}

  /** Null for what is left to Apollo's executor. `planned` is the operation the plan was made for. */
  static compile(
    client: ClientOperation,
    reading: Reading,
    planned: Operation,
    plan: QueryPlan,
    context: PlanContext,
  ): CompiledOperation | null {
    if (client.unusual) return null;
    const executable = compilePlan(plan, context, planned.variableDefinitions);
    return executable && new CompiledOperation(client, new AnswerWriter(client, reading), executable, !plan.node);
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

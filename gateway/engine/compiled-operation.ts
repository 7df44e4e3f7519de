import type { Operation } from '@apollo/federation-internals';
import type { QueryPlan } from '@apollo/query-planner';
import { GraphQLError } from 'graphql';
import type { Answer } from '../answer';
import { faultsOf } from './answer-faults';
import { AnswerWriter } from './answer-writer';
import type { ClientOperation } from './client-operation';
import { compilePlan, type ExecutablePlan, type SourceByName } from './executable-plan';
import type { PlanContext } from './plan-fetch';
import type { PlanRun, Variables } from './plan-run';

/** Variants double with each variable that a @skip or @include reads. */
const MAX_VARIANTS = 16;

/** One operation with one plan for it, ready to run. */
export class CompiledOperation {
  private readonly writers = new Map<string, AnswerWriter>();
  private readonly defaults: Variables;

  private constructor(
    private readonly client: ClientOperation,
    planned: Operation,
    private readonly plan: ExecutablePlan,
    private readonly isEmpty: boolean,
  ) {
    this.defaults = planned.collectDefaultedVariableValues() as Variables;
  }

  /** Null for what is left to Apollo's executor. `planned` is the operation the plan was made for. */
  static compile(
    client: ClientOperation,
    planned: Operation,
    plan: QueryPlan,
    context: PlanContext,
  ): CompiledOperation | null {
    if (client.unusual) return null;
    const executable = compilePlan(plan, context, planned.variableDefinitions);
    return executable && new CompiledOperation(client, planned, executable, plan.node === undefined);
  }

  /** The writer for these variables; null when they are left to Apollo's executor. */
  writerFor(variables: Variables): AnswerWriter | null {
    let key = '';
    for (const name of this.client.conditions) {
      const value = Object.hasOwn(variables, name) ? variables[name] : this.defaults[name];
      if (typeof value !== 'boolean') return null;
      key += value ? '1' : '0';
    }
    const known = this.writers.get(key);
    if (known) return known;
    if (this.writers.size >= MAX_VARIANTS) return null;
    const decided = new Map(this.client.conditions.map((name, at) => [name, key[at] === '1']));
    const made = new AnswerWriter(this.client, decided);
    this.writers.set(key, made);
    return made;
  }

  /** Errors are as the subgraphs and the post-processing gave them, for the caller's gate to mask. */
  async run(run: PlanRun, writer: AnswerWriter, sources: SourceByName): Promise<Answer> {
    // An empty plan answers fields only where nobody can be asked for them; Apollo's executor says null and no more.
    if (this.isEmpty && writer.asksForFields) {
      return { data: 'null', errors: [new GraphQLError('No subgraph can be asked for these fields.')] };
    }
    await this.plan(run, sources);
    run.end();
    const { text, faulty } = writer.write(run.data);
    // What is missing because a subgraph failed is explained by that failure.
    if (!faulty || run.errors.length > 0) return { data: text, errors: run.errors };
    const { requestId } = run.caller;
    const errors = faultsOf(this.client, writer.conditions, run.data).map(
      ({ message, path }) => new GraphQLError(message, { path, extensions: { code: 'INTERNAL', requestId } }),
    );
    return { data: text, errors };
  }
}

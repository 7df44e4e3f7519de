import type { Operation } from '@apollo/federation-internals';
import type { QueryPlan } from '@apollo/query-planner';
import { type ExecutionResult, GraphQLError } from 'graphql';
import type { Answer } from '../answer';
import { traitsOf } from './answer-entries';
import { AnswerWriter, Misshapen, type WrittenAnswer } from './answer-writer';
import { compilePlan, type ExecutablePlan, type SourceByName } from './executable-plan';
import type { PlanRun, Variables } from './plan-run';
import { shapeAnswer } from './stock-shaping';
import type { TypeConditions } from './type-conditions';

/** Variants double with each variable that a @skip or @include reads. */
const MAX_VARIANTS = 16;

/** One operation with one plan for it, ready to run. */
export class CompiledOperation {
  private readonly writers = new Map<string, AnswerWriter>();
  private readonly defaults: Variables;

  private constructor(
    private readonly operation: Operation,
    private readonly plan: ExecutablePlan,
    private readonly conditions: readonly string[],
  ) {
    this.defaults = operation.collectDefaultedVariableValues() as Variables;
  }

  /** Null for what is left to Apollo's executor. */
  static compile(operation: Operation, plan: QueryPlan, conditions: TypeConditions): CompiledOperation | null {
    const traits = traitsOf(operation);
    if (traits.unusual) return null;
    const executable = compilePlan(plan, conditions, operation.variableDefinitions);
    return executable && new CompiledOperation(operation, executable, traits.conditions);
  }

  /** The writer for these variables; null when they are left to Apollo's executor. */
  writerFor(variables: Variables): AnswerWriter | null {
    let key = '';
    for (const name of this.conditions) {
      const value = Object.hasOwn(variables, name) ? variables[name] : this.defaults[name];
      if (typeof value !== 'boolean') return null;
      key += value ? '1' : '0';
    }
    const known = this.writers.get(key);
    if (known) return known;
    if (this.writers.size >= MAX_VARIANTS) return null;
    const decided = new Map(this.conditions.map((name, at) => [name, key[at] === '1']));
    const made = new AnswerWriter(this.operation, decided);
    this.writers.set(key, made);
    return made;
  }

  /** Errors are as the subgraphs and the post-processing gave them, for the caller's gate to mask. */
  run(run: PlanRun, writer: AnswerWriter, sources: SourceByName): Promise<Answer> {
    const waiting = this.plan(run, sources);
    const finish = (): Answer => {
      run.end();
      return this.answerOf(run, writer);
    };
    return waiting ? waiting.then(finish) : Promise.resolve().then(finish);
  }

  private answerOf(run: PlanRun, writer: AnswerWriter): Answer {
    const written = writtenOr(writer, run);
    // What is missing because a subgraph failed is explained by that failure.
    if (written && (!written.faulty || run.errors.length > 0)) return { data: written.text, errors: run.errors };
    const { data, errors = [] } = this.shaped(run);
    return { data: data === undefined ? undefined : JSON.stringify(data), errors };
  }

  /** The slow way, which says which value at which place was at fault. */
  private shaped(run: PlanRun): ExecutionResult {
    try {
      const { data, errors } = shapeAnswer(this.operation, run.variables, run.data);
      if (run.errors.length > 0) return { data, errors: run.errors };
      const { requestId } = run.caller;
      return {
        data,
        errors: errors.map(
          ({ message, path }) =>
            new GraphQLError(message, {
              ...(path ? { path } : {}),
              extensions: { code: 'INTERNAL', requestId },
            }),
        ),
      };
    } catch (error) {
      const originalError = error instanceof Error ? error : new Error(String(error));
      return {
        errors: [error instanceof GraphQLError ? error : new GraphQLError(originalError.message, { originalError })],
      };
    }
  }
}

function writtenOr(writer: AnswerWriter, run: PlanRun): WrittenAnswer | null {
  try {
    return writer.write(run.data);
  } catch (error) {
    if (error instanceof Misshapen) return null;
    throw error;
  }
}

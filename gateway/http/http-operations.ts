import { GraphQLError, OperationTypeNode } from 'graphql';
import { visibleIdentity } from '../../platform/context/identity';
import type { Metrics } from '../../platform/telemetry/metrics';
import { type Answer, textOf } from '../answer';
import { formatProtocolError, throttled } from '../client-errors';
import type { KnownDocument, KnownOperation } from '../documents/known-documents';
import type { TrustedDocuments } from '../documents/trusted-documents';
import type { FederatedGraph } from '../federation/federated-graph';
import { type DocumentCheck, unknownOperation } from '../limits/document-check';
import { LIMITS } from '../limits/limits';
import type { OperationGate } from '../limits/operation-gate';
import type { CachePolicies, CachePolicy } from './cache/cache-policy';
import { plannedSubgraphs } from './cache/planned-subgraphs';
import type { ResponseCache } from './cache/response-cache';
import type { Visitor } from './entrance';

/** One operation of one request, its document read. */
export interface HttpOperation {
  readonly known: KnownDocument;
  /** As it was sent. */
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly visitor: Visitor;
  /** Headers an answer may depend on besides who asks. */
  readonly surroundings: string;
  /** The client wants nothing that was kept. */
  readonly fresh: boolean;
}

/** An answer with what HTTP says around it. */
export interface Outcome {
  readonly status: number;
  readonly answer: Answer;
  /** JSON text of the member `extensions`; empty when there is none. */
  readonly extensions: string;
  /** Null: `no-store`. */
  readonly policy: CachePolicy | null;
  /** Seconds since a kept answer was made. */
  readonly age?: number;
  readonly retryAfter?: number;
}

export interface HttpOperationsOptions {
  readonly graph: FederatedGraph;
  readonly check: DocumentCheck;
  readonly gate: OperationGate;
  readonly trusted: TrustedDocuments;
  readonly policies: CachePolicies;
  /** Absent: every answer is made anew. */
  readonly cache?: ResponseCache | undefined;
  readonly metrics?: Metrics | null | undefined;
}

/** Runs an operation behind every check that needs its document: the same for our own lane and for Apollo Server. */
export class HttpOperations {
  private readonly subgraphs = new WeakMap<KnownOperation, readonly string[]>();

  constructor(private readonly options: HttpOperationsOptions) {}

  /** Never rejects for what a client can cause; the errors are ready for the caller. */
  async run(request: HttpOperation): Promise<Outcome> {
    const outcome = await this.checked(request);
    const { metrics } = this.options;
    // Codes are a closed list: errors were masked on their way here.
    if (metrics)
      for (const { extensions } of outcome.answer.errors) metrics.errors.inc({ code: String(extensions['code']) });
    return outcome;
  }

  private async checked(request: HttpOperation): Promise<Outcome> {
    const { known, visitor, operationName, variables } = request;
    const { trusted, gate } = this.options;
    if (!known.document) return refused(400, known.faults);
    const operation = known.operation(operationName);
    if (!operation) return refused(400, [unknownOperation(operationName)]);
    const untrusted = trusted.refusal(known.text, visitor.key?.kind === 'PUBLISHABLE', known.hash);
    if (untrusted) return refused(403, [untrusted]);
    if (!known.isChecked) {
      const wait = trusted.find(known.hash) === undefined ? gate.newDocuments.pay(visitor, 'check') : 0;
      if (wait > 0) return { ...refused(429, [throttled(wait)]), retryAfter: wait };
    }
    if (known.faults.length > 0) return refused(400, known.faults);
    const grant = gate.admit({
      document: known.document,
      operation: operation.definition,
      documentKey: known.hash,
      variables,
      caller: visitor.caller,
      key: visitor.key,
      address: visitor.address,
    });
    if (!grant.granted) {
      const { status, errors, extensions, retryAfter } = grant;
      return { ...refused(status, errors), extensions, ...(retryAfter === undefined ? {} : { retryAfter }) };
    }
    let outcome: Outcome | null = null;
    try {
      outcome = await this.answered(request, operation);
    } finally {
      const extensions = grant.settle(outcome?.answer.data);
      if (outcome && extensions !== '') outcome = { ...outcome, extensions };
    }
    return outcome;
  }

  private async answered(request: HttpOperation, operation: KnownOperation): Promise<Outcome> {
    const { policies, cache } = this.options;
    const policy = policies.of(operation);
    if (!cache || (operation.type === OperationTypeNode.QUERY && !policy)) {
      return this.outcome(await this.execute(request, operation), policy);
    }
    if (!policy) {
      const answer = await this.execute(request, operation);
      if (operation.type === OperationTypeNode.MUTATION && !waitOf(answer)) {
        cache.wrote(this.subgraphsOf(request, operation), nameOf(request.visitor));
      }
      return this.outcome(answer, null);
    }
    const key = cache.keyOf(
      {
        documentHash: request.known.hash,
        operationName: operation.name,
        variables: request.variables,
        languages: request.visitor.caller.languages,
        identity: request.visitor.caller.identity,
        surroundings: request.surroundings,
      },
      policy,
    );
    const kept = key === null || request.fresh ? null : cache.find(key, nameOf(request.visitor));
    if (kept) return { ...this.outcome({ data: kept.data, errors: [] }, policy), age: kept.age };
    const asOf = cache.now();
    const answer = await this.execute(request, operation);
    if (key !== null && answer.data !== undefined && answer.errors.length === 0) {
      cache.keep(key, answer.data, policy, this.subgraphsOf(request, operation), asOf);
    }
    return this.outcome(answer, policy);
  }

  private execute({ known, variables, visitor }: HttpOperation, operation: KnownOperation): Promise<Answer> {
    if (!known.document) throw new Error('A document with faults has no operations.');
    return this.options.graph.answer({
      document: known.document,
      documentKey: known.hash,
      operationName: operation.name,
      variables,
      caller: visitor.caller,
      beforePlanning: () => {
        const wait = this.options.gate.newDocuments.pay(visitor, 'plan');
        return wait > 0 ? throttled(wait) : null;
      },
      deadlineMs: operation.type === OperationTypeNode.MUTATION ? LIMITS.mutationDeadlineMs : LIMITS.queryDeadlineMs,
    });
  }

  private outcome(answer: Answer, policy: CachePolicy | null): Outcome {
    if (answer.data === undefined) {
      // Nothing ran. It was too much to plan, or it is our fault, or the variables are all that is left to be wrong.
      const retryAfter = waitOf(answer);
      if (retryAfter !== undefined) return { ...refused(429, answer.errors), retryAfter };
      if (answer.errors.some(({ extensions }) => extensions['code'] === 'INTERNAL')) return refused(500, answer.errors);
      return refused(
        400,
        answer.errors.map((error) => this.readable(error)),
      );
    }
    return { status: 200, answer, extensions: '', policy: answer.errors.length > 0 ? null : policy };
  }

  /** What is wrong with a variable may name values the schema hides. */
  private readable(error: GraphQLError): GraphQLError {
    const message = this.options.check.readable(error.message);
    return message === error.message ? error : new GraphQLError(message, { extensions: error.extensions });
  }

  private subgraphsOf({ known }: HttpOperation, operation: KnownOperation): readonly string[] {
    const found = this.subgraphs.get(operation);
    if (found || !known.document) return found ?? [];
    const names = plannedSubgraphs(
      this.options.graph.plan({
        document: known.document,
        documentKey: known.hash,
        operationName: operation.name,
      }),
    );
    this.subgraphs.set(operation, names);
    return names;
  }
}

/** The body of a response. */
export function bodyOf({ answer, extensions }: Outcome): string {
  if (answer.errors.length === 0) return textOf(answer, extensions === '' ? undefined : extensions);
  const errors = answer.errors.map((error) => formatProtocolError(error.toJSON()));
  return textOf({ data: answer.data, errors: errors as unknown as GraphQLError[] }, extensions || undefined);
}

export function cacheControlOf(policy: CachePolicy | null): string {
  return policy ? `max-age=${policy.maxAge}, ${policy.scope.toLowerCase()}` : 'no-store';
}

/** Whoever reads under the name they wrote under reads what they wrote. */
function nameOf({ caller, address }: Visitor): string {
  return caller.identity.kind === 'anonymous' ? address : visibleIdentity(caller.identity);
}

/** Seconds, where an operation was not run because its caller had too much planned. */
function waitOf({ data, errors: [first] }: Answer): number | undefined {
  if (data !== undefined || first?.extensions['code'] !== 'THROTTLED') return undefined;
  return Number(first.extensions['retryAfter']);
}

function refused(status: number, errors: readonly GraphQLError[]): Outcome {
  return { status, answer: { data: undefined, errors }, extensions: '', policy: null };
}

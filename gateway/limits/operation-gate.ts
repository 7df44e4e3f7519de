import type { DocumentNode, GraphQLError, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import type { PresentedKey } from '../authenticator';
import { BoundedCache } from '../bounded-cache';
import type { Caller } from '../caller';
import { throttled } from '../client-errors';
import { boundResource, refusalBeyondResource } from '../overlay-access';
import { type CompiledScopes, compileScopes, type ScopeTable } from '../scopes/scopes';
import { addressName } from './address';
import { amountFor, type Variables } from './amount';
import { type BucketSize, type CostBucket, CostBuckets } from './cost-buckets';
import { pageFault, pastLimit, variablesFault } from './input-limits';
import { LIMITS } from './limits';
import { NewDocuments } from './new-documents';
import { type CompiledCost, compileCost, isMutation, isPastPage } from './operation-cost';

const KEPT_DOCUMENTS = 2_000;

export interface CostSettings {
  /** Whether who has spent everything is refused; cost is reported either way. */
  readonly enforce: boolean;
  /** What one person or address may spend; LIMITS decides when absent. */
  readonly callerBucket?: BucketSize;
}

export interface GateOptions {
  readonly schema: GraphQLSchema;
  /** What a key's scopes open. Absent: keys are not limited, for graphs that have no scopes. */
  readonly scopes?: ScopeTable | undefined;
  /** Absent: cost is limited for each operation, but neither reported nor counted against a caller. */
  readonly cost?: CostSettings | undefined;
  /** Whether who sends too much that nobody sent before is refused. As cost is enforced when absent. */
  readonly limitsNewDocuments?: boolean | undefined;
  /** "off" grants everything. */
  readonly limits?: 'on' | 'off' | undefined;
  /** Milliseconds; the system's clock when absent. */
  readonly now?: () => number;
}

export interface GateRequest {
  /** Valid for the schema and within the limits of `documentLimits`. */
  readonly document: DocumentNode;
  /** The one to run, a node of `document`. */
  readonly operation: OperationDefinitionNode;
  /** Equal for equal documents. */
  readonly documentKey: string;
  /** As they were sent. */
  readonly variables: Variables;
  readonly caller: Caller;
  readonly key?: PresentedKey | undefined;
  readonly address: string;
  /** What it pays at most, asked once it is within every limit; absent: what it costs. */
  mostCost?(): number;
}

export interface Refused {
  readonly granted: false;
  readonly errors: readonly GraphQLError[];
  readonly status: 400 | 403 | 429;
  /** Whole seconds, with 429. */
  readonly retryAfter?: number;
  /** JSON text of the answer's `extensions`; empty when there is none. */
  readonly extensions: string;
}

export interface Granted {
  readonly granted: true;
  readonly requestedCost: number;
  /**
   * To be called once with the JSON text of the answer's `data`: gives back what was not used. Answers the JSON text
   * of the answer's `extensions`; empty when there is none.
   */
  settle(data: string | undefined): string;
}

interface CompiledOperation extends CompiledCost {
  readonly scopes: CompiledScopes | null;
  readonly isMutation: boolean;
  readonly hasInheritedNames: boolean;
}

/**
 * Decides about every operation before it runs, the same for HTTP and the socket: sizes with the variables counted,
 * what the key may reach, and what the caller has left to spend. Each document is worked out once.
 */
export class OperationGate {
  readonly newDocuments: NewDocuments;
  private readonly byNode = new WeakMap<OperationDefinitionNode, CompiledOperation>();
  private readonly byKey = new BoundedCache<string, CompiledOperation>(KEPT_DOCUMENTS);
  private readonly buckets = new CostBuckets();
  private readonly callerBucket: BucketSize;
  private readonly now: () => number;

  constructor(private readonly options: GateOptions) {
    this.now = options.now ?? Date.now;
    const limited = options.limitsNewDocuments ?? options.cost?.enforce ?? false;
    this.newDocuments = new NewDocuments(limited && options.limits !== 'off', this.now);
    this.callerBucket = options.cost?.callerBucket ?? LIMITS.callerBucket;
  }

  admit(request: GateRequest): Granted | Refused {
    if (this.options.limits === 'off') return { granted: true, requestedCost: 0, settle: () => '' };
    const compiled = this.compiled(request);
    // A variable may be called like what every object inherits, "toString": only what was sent counts as sent.
    const variables = compiled.hasInheritedNames
      ? (Object.assign(Object.create(null), request.variables) as Variables)
      : request.variables;
    if (compiled.faults.length > 0) return refused(400, compiled.faults);
    const tooLarge = variablesFault(variables);
    if (tooLarge) return refused(400, [tooLarge]);
    for (const page of compiled.pages) {
      if (isPastPage(page, variables)) return refused(400, [pageFault(page.argument, page.field)]);
    }
    const cost = Math.max(1, amountFor(compiled.cost, variables));
    if (cost > LIMITS.cost) {
      const message = `This asks for ${cost} points of cost; at most ${LIMITS.cost} are allowed. Ask for smaller pages or fewer fields.`;
      return refused(400, [pastLimit('cost', message)]);
    }
    if (compiled.scopes && request.key) {
      const forbidden = compiled.scopes.faults(
        request.key.scopes,
        request.caller.identity.kind === 'account',
        variables,
      );
      if (forbidden.length > 0) return refused(403, forbidden);
    }
    const resource = boundResource(request.caller.identity);
    if (resource !== null) {
      const { document, operation } = request;
      const beyond = refusalBeyondResource(resource, this.options.schema, document, operation, variables);
      if (beyond) return refused(403, [beyond]);
    }
    return this.charge(request, compiled, Math.min(cost, request.mostCost?.() ?? cost));
  }

  private charge(request: GateRequest, { isMutation }: CompiledOperation, cost: number): Granted | Refused {
    if (!this.options.cost) return { granted: true, requestedCost: cost, settle: () => '' };
    const now = this.now();
    const buckets = this.bucketsOf(request, now);
    if (this.options.cost.enforce) {
      let wait = 0;
      for (const bucket of buckets) wait = Math.max(wait, bucket.wait(cost, now));
      if (wait > 0) {
        const extensions = costExtensions(cost, null, scarcest(buckets, now), now);
        return { ...refused(429, [throttled(wait)]), retryAfter: wait, extensions };
      }
      for (const bucket of buckets) bucket.take(cost);
    }
    return new Charge(buckets, cost, isMutation, this.options.cost.enforce, this.now);
  }

  /** A person or an address, and the key; a secret key's server answers for its own visitors. */
  private bucketsOf({ caller: { identity }, key, address }: GateRequest, now: number): readonly CostBucket[] {
    const secret = key?.kind === 'SECRET';
    const own =
      identity.kind === 'account'
        ? this.buckets.get(`account ${identity.accountId}`, this.callerBucket, now)
        : secret
          ? null
          : this.buckets.get(`address ${addressName(address)}`, this.callerBucket, now);
    if (!key) return own ? [own] : [];
    const size = secret ? LIMITS.secretKeyBucket : LIMITS.publishableKeyBucket;
    const shared = this.buckets.get(`key ${key.keyId}`, size, now);
    return own ? [own, shared] : [shared];
  }

  private compiled({ operation, document, documentKey }: GateRequest): CompiledOperation {
    const known = this.byNode.get(operation);
    if (known) return known;
    const key = `${operation.name?.value ?? ''}\n${documentKey}`;
    const { schema, scopes } = this.options;
    const compiled = this.byKey.get(key) ?? {
      ...compileCost(schema, document, operation),
      scopes: scopes ? compileScopes(schema, scopes, document, operation) : null,
      isMutation: isMutation(operation),
      hasInheritedNames: (operation.variableDefinitions ?? []).some(({ variable }) => variable.name.value in {}),
    };
    this.byNode.set(operation, compiled);
    this.byKey.set(key, compiled);
    return compiled;
  }
}

class Charge implements Granted {
  readonly granted = true;

  constructor(
    private readonly buckets: readonly CostBucket[],
    readonly requestedCost: number,
    private readonly isMutation: boolean,
    private readonly enforced: boolean,
    private readonly now: () => number,
  ) {}

  settle(data: string | undefined): string {
    const actual = Math.min(this.requestedCost, Math.max(1, actualCost(data, this.isMutation)));
    if (this.enforced) {
      for (const bucket of this.buckets) bucket.giveBack(this.requestedCost - actual);
    }
    const now = this.now();
    return costExtensions(this.requestedCost, actual, scarcest(this.buckets, now), now);
  }
}

/**
 * Objects of an answer, counted by their opening braces. A brace inside a text counts as one too: looking for the
 * ends of texts would cost more than it corrects, and nobody pays more than was asked for.
 */
function actualCost(data: string | undefined, isMutation: boolean): number {
  if (data === undefined) return 0;
  let objects = 0;
  for (let at = data.indexOf('{'); at >= 0; at = data.indexOf('{', at + 1)) objects += 1;
  // The outermost braces are the operation itself; a mutation's payload is part of its price.
  const root = isMutation ? 2 : 1;
  return Math.max(0, objects - root) + (isMutation ? LIMITS.mutationCost : 0);
}

function costExtensions(requested: number, actual: number | null, bucket: CostBucket, now: number): string {
  const { maximumAvailable, restoreRate } = bucket.size;
  const available = Math.max(0, Math.floor(bucket.level(now)));
  return `{"cost":{"requestedQueryCost":${requested},"actualQueryCost":${actual},"throttleStatus":{"maximumAvailable":${maximumAvailable},"currentlyAvailable":${available},"restoreRate":${restoreRate}}}}`;
}

/** Of the buckets that pay, the one that will be empty first. */
function scarcest(buckets: readonly CostBucket[], now: number): CostBucket {
  const [first, ...rest] = buckets;
  if (!first) throw new Error('Every operation is paid from a bucket.');
  let least = first;
  for (const bucket of rest) if (bucket.level(now) < least.level(now)) least = bucket;
  return least;
}

function refused(status: Refused['status'], errors: readonly GraphQLError[]): Refused {
  return { granted: false, status, errors, extensions: '' };
}

import { createHash } from 'node:crypto';
import type { FetchNode, PlanNode, QueryPlan } from '@apollo/query-planner';
import {
  type DocumentNode,
  type ExecutionResult,
  type GraphQLError,
  getNamedType,
  getVariableValues,
  Kind,
  parse,
} from 'graphql';
import { ANONYMOUS, visibleIdentity } from '../../platform/context/identity';
import type { SubgraphEndpoint, TopicVisibility } from '../../platform/subgraph/subgraph-port';
import type { Answer } from '../answer';
import type { PresentedKey } from '../authenticator';
import type { Caller } from '../caller';
import { clientError, throttled } from '../client-errors';
import type { DocumentReference, TrustedDocuments } from '../documents/trusted-documents';
import { bytesOfPrepared } from '../engine/memory';
import type { FederatedGraph } from '../federation/federated-graph';
import { sourceAnswerOf } from '../federation/subgraph-endpoint-data-source';
import type { DocumentCheck } from '../limits/document-check';
import { LIMITS } from '../limits/limits';
import type { OperationGate } from '../limits/operation-gate';
import { WeightedCache } from '../weighted-cache';
import type { LiveHub } from './live-hub';
import { askingForPosition, type Position, positionOf, withoutPosition } from './live-position';
import { readSubscription, type SubscriptionDocument, SubscriptionRefused } from './subscription-document';

const CACHED_SUBSCRIPTIONS = 500;
const CACHED_BYTES = 6 * 1024 * 1024;
/** Not a name a subgraph can have. */
const EVENT_SOURCE = '#event';

/** What a client asks for, and who it is. */
export interface SubscriptionRequest extends DocumentReference {
  readonly operationName?: string | null | undefined;
  /** As they were sent. */
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly caller: Caller;
  readonly key: PresentedKey | undefined;
  readonly address: string;
}

/** A subscription of one caller: which events it follows, and how an event becomes an answer. */
export interface LiveOperation {
  /** Equal for callers who would get the same answers: they may share everything below. */
  readonly key: string;
  readonly requestId: string;
  /** Of whoever asked. */
  readonly address: string;
  /** The name of the subscription's one root field. */
  readonly topic: string;
  /** Its response key. */
  readonly field: string;
  /** Every event is a whole state with a `version`, so that a newer one makes an older one superfluous. */
  readonly versioned: boolean;
  /** Where the state of an event stands; null for one that has no version. */
  positionOf(event: ExecutionResult): Position | null;
  open(signal: AbortSignal): Promise<AsyncIterator<ExecutionResult> | { readonly errors: readonly GraphQLError[] }>;
  /** Never rejects because of what subgraphs answer; errors are ready for the caller. */
  execute(event: ExecutionResult): Promise<Answer>;
}

interface PlannedSubscription extends SubscriptionDocument {
  readonly topic: string;
  readonly field: string;
  readonly versioned: boolean;
  readonly visibility: TopicVisibility;
  readonly owner: SubgraphEndpoint;
  readonly primary: FetchNode;
  readonly primaryDocument: DocumentNode;
  /** Takes the event where the primary fetch would ask the owner, then runs the rest of the plan. */
  readonly eventPlan: QueryPlan;
}

/** Type name to field names. */
type OwnedFields = ReadonlyMap<string, ReadonlySet<string>>;

/** Plans subscriptions over the federated graph. Equal texts are read, checked and planned once. */
export class LiveOperations {
  private readonly planned = new WeightedCache<PlannedSubscription>(CACHED_SUBSCRIPTIONS, CACHED_BYTES);
  private readonly owned = new Map<SubgraphEndpoint, OwnedFields>();

  constructor(
    private readonly graph: FederatedGraph,
    private readonly check: DocumentCheck,
    private readonly gate: OperationGate,
    private readonly trusted: TrustedDocuments,
    private readonly running: Pick<LiveHub, 'isRunning' | 'begunBy'>,
  ) {}

  /** Whether a document was planned before, so that asking for it again costs no planning. */
  isPlanned(request: Pick<SubscriptionRequest, 'query' | 'documentId' | 'extensions' | 'operationName'>): boolean {
    const text = this.trusted.textOf(request);
    return text !== undefined && this.planned.get(planKey(text, request.operationName ?? undefined)) !== undefined;
  }

  /** Throws SubscriptionRefused for what the caller must correct, may not do, or has nothing left to pay for. */
  prepare(request: SubscriptionRequest): LiveOperation {
    const { caller, key, address } = request;
    const variables = request.variables ?? {};
    const text = this.textOf(request);
    const wait = this.isPlanned(request) ? 0 : this.gate.newDocuments.pay(request, 'check', 'plan');
    if (wait > 0) throw new SubscriptionRefused([throttled(wait)]);
    const planned = this.planOf(text, request.operationName ?? undefined);
    let read: LiveOperation | readonly GraphQLError[] | null = null;
    const admitted = this.gate.admit({
      // Whoever joins what runs already costs nothing but the sending; hundreds may come back in the same moment.
      mostCost: () => {
        read = this.readOperation(planned, request);
        if (planned.visibility !== 'PUBLIC') return LIMITS.cost;
        return 'key' in read && this.running.isRunning(read.key) ? 0 : LIMITS.publicTopicCost;
      },
      document: planned.document,
      operation: planned.operation,
      documentKey: planned.key,
      variables,
      caller,
      key,
      address,
    });
    if (!admitted.granted) throw new SubscriptionRefused(admitted.errors);
    read ??= this.readOperation(planned, request);
    if (!('key' in read)) throw new SubscriptionRefused(read);
    // Texts that differ by an alias are topics of their own: each is an upstream, and an execution for every event.
    const isCrowd = key?.kind !== 'SECRET' && this.running.begunBy(address) >= LIMITS.topicsPerAddress;
    if (isCrowd && !this.running.isRunning(read.key)) throw new SubscriptionRefused([tooManyTopics()]);
    return read;
  }

  /** With its variables, or what is wrong with them. */
  private readOperation(
    planned: PlannedSubscription,
    { caller, variables, address }: SubscriptionRequest,
  ): LiveOperation | readonly GraphQLError[] {
    const { coerced, errors } = getVariableValues(
      this.graph.publicSchema,
      planned.operation.variableDefinitions ?? [],
      variables ?? {},
      { maxErrors: 20 },
    );
    if (errors) return errors.map(({ message }) => clientError('BAD_USER_INPUT', this.check.readable(message)));
    // Everybody who may watch a public topic sees the same, so it runs as nobody in particular.
    const seenAs: Caller = planned.visibility === 'PUBLIC' ? { ...caller, identity: ANONYMOUS } : caller;
    return this.operationOf(planned, coerced, seenAs, address);
  }

  private textOf(request: SubscriptionRequest): string {
    const text = this.trusted.textOf(request);
    if (text === undefined) {
      throw new SubscriptionRefused([
        clientError('PERSISTED_QUERY_NOT_FOUND', 'Send the query: no document is registered under that name.'),
      ]);
    }
    const refusal = this.trusted.refusal(text, request.key?.kind === 'PUBLISHABLE');
    if (refusal) throw new SubscriptionRefused([refusal]);
    return text;
  }

  private operationOf(
    planned: PlannedSubscription,
    variables: Readonly<Record<string, unknown>>,
    caller: Caller,
    address: string,
  ): LiveOperation {
    const identity = planned.visibility === 'PUBLIC' ? 'everybody' : visibleIdentity(caller.identity);
    const parts = [planned.key, stableJson(variables), identity, caller.languages.join(',')];
    const { field, primary, owner, topic, versioned } = planned;
    return {
      key: createHash('sha256').update(JSON.stringify(parts)).digest('base64'),
      requestId: caller.requestId,
      address,
      topic,
      field,
      versioned,
      positionOf: (event) => (versioned ? positionOf(event, field) : null),
      async open(signal) {
        const events = await owner.subscribe({
          document: planned.primaryDocument,
          operationName: primary.operationName,
          variables: Object.fromEntries(
            (primary.variableUsages ?? [])
              .filter((name) => Object.hasOwn(variables, name))
              .map((name) => [name, variables[name]]),
          ),
          identity: caller.identity,
          requestId: caller.requestId,
          languages: caller.languages,
          signal,
        });
        return Symbol.asyncIterator in events ? events : { errors: events.errors ?? [] };
      },
      execute: (event) =>
        this.graph.runPlan(
          planned.eventPlan,
          {
            document: planned.document,
            documentKey: planned.key,
            variables,
            caller,
            deadlineMs: LIMITS.queryDeadlineMs,
          },
          {
            [EVENT_SOURCE]: {
              process: () => Promise.resolve(sourceAnswerOf(versioned ? withoutPosition(event, field) : event)),
            },
          },
        ),
    };
  }

  private planOf(query: string, operationName: string | undefined): PlannedSubscription {
    const cacheKey = planKey(query, operationName);
    const known = this.planned.get(cacheKey);
    if (known) return known;
    const read = readSubscription(this.check, query, operationName);
    const root = rootFieldOf(read);
    const { node } = this.graph.plan({ document: read.document, documentKey: read.key });
    if (node?.kind !== 'Subscription') throw new Error(`A subscription was planned as ${node?.kind ?? 'nothing'}.`);
    const { primary, rest } = node;
    const owner = this.graph.endpoints.get(primary.serviceName);
    if (!owner) throw new Error(`No endpoint for ${primary.serviceName}.`);
    const document = parse(primary.operation, { noLocation: true });
    const rootType = getNamedType(this.graph.publicSchema.getSubscriptionType()?.getFields()[root.name]?.type);
    const owned = this.fieldsOf(owner).get(rootType?.name ?? '');
    const versioned = owned?.has('version') ?? false;
    const planned: PlannedSubscription = {
      ...read,
      topic: root.name,
      field: root.key,
      versioned,
      visibility: owner.topics[root.name] ?? 'VIEWER',
      owner,
      primary,
      primaryDocument: versioned ? askingForPosition(document, root.key, { id: owned?.has('id') ?? false }) : document,
      eventPlan: eventPlanOf(primary, rest),
    };
    this.planned.set(cacheKey, planned, 2 * bytesOfPrepared(read.document, planned.eventPlan));
    return planned;
  }

  private fieldsOf(owner: SubgraphEndpoint): OwnedFields {
    const known = this.owned.get(owner);
    if (known) return known;
    const fields = ownedFieldsOf(owner.sdl);
    this.owned.set(owner, fields);
    return fields;
  }
}

function tooManyTopics(): GraphQLError {
  return clientError('THROTTLED', `An address begins at most ${LIMITS.topicsPerAddress} live topics at a time.`, {
    limit: 'topicsPerAddress',
    maximum: LIMITS.topicsPerAddress,
  });
}

function planKey(query: string, operationName: string | undefined): string {
  return JSON.stringify([operationName, query]);
}

/** The fields of a subgraph's object types and interfaces that it can answer itself. */
function ownedFieldsOf(sdl: string): OwnedFields {
  const owned = new Map<string, Set<string>>();
  for (const definition of parse(sdl, { noLocation: true }).definitions) {
    switch (definition.kind) {
      case Kind.OBJECT_TYPE_DEFINITION:
      case Kind.OBJECT_TYPE_EXTENSION:
      case Kind.INTERFACE_TYPE_DEFINITION:
      case Kind.INTERFACE_TYPE_EXTENSION: {
        const fields = owned.get(definition.name.value) ?? new Set();
        owned.set(definition.name.value, fields);
        for (const { name, directives = [] } of definition.fields ?? []) {
          if (!directives.some((directive) => directive.name.value === 'external')) fields.add(name.value);
        }
      }
    }
  }
  return owned;
}

function eventPlanOf(primary: FetchNode, rest: PlanNode | undefined): QueryPlan {
  const event: FetchNode = { ...primary, serviceName: EVENT_SOURCE };
  return { kind: 'QueryPlan', node: { kind: 'Sequence', nodes: rest ? [event, rest] : [event] } };
}

/** Validation allows exactly one root field, which may stand inside fragments. Throws SubscriptionRefused. */
function rootFieldOf({ document, operation }: SubscriptionDocument): { key: string; name: string } {
  let set = operation.selectionSet;
  for (let depth = 0; depth <= LIMITS.tokens; depth++) {
    const selection = set.selections[0];
    if (!selection) break;
    // Without its one root field nothing would be left to follow.
    if (selection.directives?.length) {
      throw new SubscriptionRefused([
        clientError('BAD_USER_INPUT', 'The root field of a subscription takes no @skip, @include or other directive.'),
      ]);
    }
    if (selection.kind === Kind.FIELD) {
      return { key: selection.alias?.value ?? selection.name.value, name: selection.name.value };
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      set = selection.selectionSet;
      continue;
    }
    const fragment = document.definitions.find(
      (definition) => definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === selection.name.value,
    );
    if (fragment?.kind !== Kind.FRAGMENT_DEFINITION) break;
    set = fragment.selectionSet;
  }
  throw new Error('A valid subscription has one root field.');
}

function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

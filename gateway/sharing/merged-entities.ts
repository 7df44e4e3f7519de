import type { ExecutionResult, GraphQLError } from 'graphql';
import { type RemoteFaultCode, remoteFaults } from '../../platform/remote/remote-fault';
import type { SubgraphRequest } from '../../platform/subgraph/subgraph-port';
import { copyOf, copyOfError, copyOfResult } from './copies';

const MOST_REPRESENTATIONS = 500;
/** A subgraph of ours reads 1 MiB of a call. */
const MOST_CHARACTERS = 256 * 1024;

const REMOTE_FAULTS: readonly unknown[] = ['SUBGRAPH_TIMEOUT', 'SUBGRAPH_UNAVAILABLE'] satisfies RemoteFaultCode[];

/** Where a request's entities stand in the merged one, in its own order. */
type Positions = readonly number[];

export interface Member<T> {
  readonly from: T;
  readonly request: SubgraphRequest;
  readonly positions: Positions;
}

/** Several requests for entities as one, each different representation once; and its answer divided again. */
export class MergedEntities<T> {
  readonly members: Member<T>[] = [];
  readonly representations: unknown[] = [];
  private readonly positionOf = new Map<string, number>();
  private characters = 0;
  private readonly given = new Set<number>();

  /** False, and nothing is added, when that would make the call too large; the first request always fits. */
  add(from: T, request: SubgraphRequest, representations: readonly unknown[]): boolean {
    const texts = representations.map((representation) => JSON.stringify(representation) ?? '');
    const fresh = new Set(texts.filter((text) => !this.positionOf.has(text)));
    let characters = this.characters;
    for (const text of fresh) characters += text.length;
    const isTooLarge = this.representations.length + fresh.size > MOST_REPRESENTATIONS || characters > MOST_CHARACTERS;
    if (isTooLarge && this.members.length > 0) return false;
    this.characters = characters;
    const positions = texts.map((text, index) => {
      const known = this.positionOf.get(text);
      if (known !== undefined) return known;
      const position = this.representations.push(representations[index]) - 1;
      this.positionOf.set(text, position);
      return position;
    });
    this.members.push({ from, request, positions });
    return true;
  }

  /**
   * What the subgraph would have answered to this member alone, as far as the merged answer tells; null when it does not
   * tell, and the member has to ask for itself. Each part of the answer is handed out once and copied after that.
   */
  shareOf(member: Member<T>, result: ExecutionResult): ExecutionResult | null {
    const { data, errors = [], extensions } = result;
    if (!data) return withoutData(member.request, result);
    const received: unknown = data['_entities'];
    if (!Array.isArray(received) || received.length !== this.representations.length) return null;
    const own = errorsOf(errors, member.positions, received.length);
    return {
      data: { _entities: member.positions.map((position) => this.handOut(received, position)) },
      ...(own.length > 0 ? { errors: own } : {}),
      ...(extensions ? { extensions: copyOf(extensions) } : {}),
    };
  }

  private handOut(received: readonly unknown[], position: number): unknown {
    const entity = received[position];
    if (this.given.has(position)) return copyOf(entity);
    this.given.add(position);
    return entity;
  }
}

/** Errors of the member's entities at its own indices; those that name no entity are everybody's. */
function errorsOf(errors: readonly GraphQLError[], positions: Positions, size: number): GraphQLError[] {
  return errors.flatMap((error) => {
    const { path } = error;
    const at = path?.[0] === '_entities' ? path[1] : undefined;
    if (typeof at !== 'number' || at >= size) return [copyOfError(error)];
    return positions.flatMap((position, index) =>
      position === at ? [copyOfError(error, ['_entities', index, ...(path?.slice(2) ?? [])])] : [],
    );
  });
}

/**
 * What says nothing of places failed for all. An unreachable subgraph is said at the fields each asked for. All else,
 * such as `_entities` itself failing, may be the fault of one representation, which must not be the others' loss.
 */
function withoutData(request: SubgraphRequest, result: ExecutionResult): ExecutionResult | null {
  const { errors = [] } = result;
  const [first] = errors;
  if (!first) return null;
  if (errors.every(({ path }) => path === undefined)) return copyOfResult(result);
  const code = first.extensions?.['code'];
  const isFault = REMOTE_FAULTS.includes(code) && errors.every(({ extensions }) => extensions?.['code'] === code);
  return isFault && result.data === undefined ? { errors: remoteFaults(code as RemoteFaultCode, request) } : null;
}

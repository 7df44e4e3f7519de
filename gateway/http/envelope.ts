import { type DocumentReference, documentIdOf } from '../documents/trusted-documents';

/** A well-formed GraphQL request, by body or by search. */
export interface Envelope {
  /** Undefined where `persistedId` names the document. */
  readonly query: string | undefined;
  readonly persistedId: string | undefined;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

const NO_VARIABLES: Readonly<Record<string, unknown>> = {};

/** The request in a parsed body; null where anything is missing, of the wrong type, or to be remembered (APQ). */
export function readEnvelope(body: unknown): Envelope | null {
  if (!isRecord(body)) return null;
  const { query, operationName, variables, extensions } = body;
  if (query !== undefined && typeof query !== 'string') return null;
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') return null;
  if (variables !== undefined && variables !== null && !isRecord(variables)) return null;
  if (extensions !== undefined && extensions !== null && !isRecord(extensions)) return null;
  const persistedId = persistedIdOf(body, query);
  if (persistedId === null || (!query && persistedId === undefined)) return null;
  return {
    query: query || undefined,
    persistedId,
    operationName: operationName ?? undefined,
    variables: variables ?? NO_VARIABLES,
  };
}

/** The request in the search of a GET; null like above, and where a part stands twice. */
export function readSearch(search: string): Envelope | null {
  const parameters = new URLSearchParams(search);
  const body: Record<string, unknown> = {};
  for (const name of ['query', 'operationName', 'variables', 'extensions', 'documentId']) {
    const [value, ...more] = parameters.getAll(name);
    if (more.length > 0) return null;
    if (value !== undefined) body[name] = value;
  }
  try {
    for (const name of ['variables', 'extensions']) {
      const text = body[name];
      if (typeof text !== 'string') continue;
      body[name] = JSON.parse(text);
      // A JSON null is an object to a body and a fault to a search.
      if (body[name] === null) return null;
    }
  } catch {
    return null;
  }
  return readEnvelope(body);
}

/** Null: what Apollo Server has to judge or to remember. */
function persistedIdOf(reference: DocumentReference, query: string | undefined): string | undefined | null {
  const { extensions, documentId } = reference;
  const persisted = isRecord(extensions) ? extensions['persistedQuery'] : undefined;
  if (persisted) {
    if (!isRecord(persisted) || persisted['version'] !== 1 || documentId !== undefined) return null;
    if (query !== undefined) return null;
  } else if (query) {
    return undefined;
  }
  // An empty text beside an id is neither one nor the other.
  return query === undefined ? documentIdOf(reference) : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

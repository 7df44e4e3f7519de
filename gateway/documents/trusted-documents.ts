import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type GraphQLError, parse } from 'graphql';
import { clientError } from '../client-errors';

/** Who may run only what is registered: nobody, callers that present a publishable key, everybody. */
export const TRUSTED_DOCUMENT_RULES = ['off', 'keys', 'all'] as const;
export type TrustedDocumentRule = (typeof TRUSTED_DOCUMENT_RULES)[number];

/** What a request says of its document, on HTTP and on the socket alike; nothing of it is believed yet. */
export interface DocumentReference {
  readonly query?: unknown;
  /** "sha256:<64 hex digits>", or the id the manifest gave. */
  readonly documentId?: unknown;
  /** Of which `persistedQuery.sha256Hash` names a document too. */
  readonly extensions?: unknown;
}

/** The operator's registered documents, and the rule about all others. */
export interface TrustedDocuments {
  readonly rule: TrustedDocumentRule;
  /** The text to run: the one sent, else the registered one that is named; undefined when there is neither. */
  textOf(reference: DocumentReference): string | undefined;
  /** The registered text of a document id or of the hex SHA-256 of a text. */
  find(id: string): string | undefined;
  /**
   * Why a text may not run (DOCUMENT_NOT_TRUSTED, answered with HTTP status 403); null when it may.
   * `publishableKey` says whether the caller presented one. `hash` spares computing the text's hex SHA-256 again.
   */
  refusal(text: string, publishableKey: boolean, hash?: string): GraphQLError | null;
}

/** A manifest that cannot be used; the message names the file and the fault. */
export class TrustedDocumentsError extends Error {
  override readonly name = 'TrustedDocumentsError';
}

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The hash or id a request names instead of, or beside, its text. */
export function documentIdOf({ documentId, extensions }: DocumentReference): string | undefined {
  if (typeof documentId === 'string' && documentId !== '') return documentId.replace(/^sha256:/i, '');
  const { persistedQuery } = (extensions ?? {}) as { persistedQuery?: { sha256Hash?: unknown } | null };
  const hash = persistedQuery?.sha256Hash;
  return typeof hash === 'string' && hash !== '' ? hash : undefined;
}

/** `source` maps ids to texts. Throws TrustedDocumentsError for "off" being all that could ever hold. */
export function trustedDocuments(source: ReadonlyMap<string, string>, rule: TrustedDocumentRule): TrustedDocuments {
  if (rule !== 'off' && source.size === 0) {
    throw new TrustedDocumentsError(
      `TRUSTED_DOCUMENTS_ONLY=${rule} without registered documents refuses every request: name them in TRUSTED_DOCUMENTS.`,
    );
  }
  const texts = new Map(source);
  const hashes = new Set<string>();
  for (const text of source.values()) {
    const hash = sha256Hex(text);
    hashes.add(hash);
    texts.set(hash, text);
  }
  const find = (id: string): string | undefined => texts.get(id) ?? texts.get(id.toLowerCase());
  return {
    rule,
    find,
    textOf(reference) {
      if (typeof reference.query === 'string' && reference.query !== '') return reference.query;
      const id = documentIdOf(reference);
      return id === undefined ? undefined : find(id);
    },
    refusal(text, publishableKey, hash) {
      if (rule === 'off' || (rule === 'keys' && !publishableKey)) return null;
      if (hashes.has(hash ?? sha256Hex(text))) return null;
      return clientError(
        'DOCUMENT_NOT_TRUSTED',
        rule === 'all'
          ? 'Only registered documents run here.'
          : 'With this key only registered documents run. Register the document, or ask the operator.',
      );
    },
  };
}

export const NO_TRUSTED_DOCUMENTS: TrustedDocuments = trustedDocuments(new Map(), 'off');

/**
 * Reads a file or a folder (its own files, not folders below): `.graphql` files hold one document each; `.json` files
 * are manifests, either `{ "<sha256>": "<text>" }` or Apollo's `apollo-persisted-query-manifest`.
 */
export function readTrustedDocuments(place: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const file of filesOf(place)) {
    const content = readFileSync(file, 'utf8');
    if (file.endsWith('.json')) {
      for (const [id, text] of readManifest(file, content)) texts.set(id, checked(file, text));
    } else {
      // Editors end a file with a newline that clients do not send.
      for (const text of new Set([content, content.trimEnd()])) texts.set(sha256Hex(text), checked(file, text));
    }
  }
  return texts;
}

function filesOf(place: string): string[] {
  let folder: boolean;
  try {
    folder = statSync(place).isDirectory();
  } catch (error) {
    throw new TrustedDocumentsError(`TRUSTED_DOCUMENTS names ${place}, which cannot be read.`, { cause: error });
  }
  if (!folder) return [place];
  return readdirSync(place)
    .filter((name) => /\.(graphql|gql|json)$/.test(name))
    .sort()
    .map((name) => path.join(place, name));
}

interface ApolloManifest {
  readonly format: string;
  readonly version: number;
  readonly operations: readonly { readonly id: string; readonly body: string }[];
}

function readManifest(file: string, content: string): [string, string][] {
  let manifest: unknown;
  try {
    manifest = JSON.parse(content);
  } catch (error) {
    throw new TrustedDocumentsError(`${file} is not JSON.`, { cause: error });
  }
  if (manifest === null || typeof manifest !== 'object' || Array.isArray(manifest)) throw unknownFormat(file);
  if ('format' in manifest) {
    const { format, version, operations } = manifest as ApolloManifest;
    if (format !== 'apollo-persisted-query-manifest' || version !== 1 || !Array.isArray(operations)) {
      throw unknownFormat(file);
    }
    return operations.map(({ id, body }) => [String(id), String(body)]);
  }
  return Object.entries(manifest).map(([id, text]) => {
    if (typeof text !== 'string') throw unknownFormat(file);
    const hash = id.replace(/^sha256:/i, '').toLowerCase();
    if (hash !== sha256Hex(text)) throw new TrustedDocumentsError(`${file}: ${id} is not the SHA-256 of its text.`);
    return [hash, text];
  });
}

function unknownFormat(file: string): TrustedDocumentsError {
  return new TrustedDocumentsError(
    `${file} is neither { "<sha256>": "<text>" } nor an apollo-persisted-query-manifest of version 1.`,
  );
}

function checked(file: string, text: string): string {
  try {
    parse(text);
    return text;
  } catch (error) {
    throw new TrustedDocumentsError(`${file} holds a text that is not GraphQL: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

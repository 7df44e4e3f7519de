import { type DocumentNode, type ExecutionResult, type FieldNode, Kind, type OperationDefinitionNode } from 'graphql';

/** Where a state stands: versions rise for each id by itself. `id` is null where the root object has none. */
export interface Position {
  readonly id: string | null;
  readonly version: number;
}

// Two names no client would think of, so that a client's own aliases stay its own.
const VERSION = 'kaituan_position_version';
const ID = 'kaituan_position_id';

/** Which fields of the root object say where a state stands. */
export interface PositionFields {
  readonly id: boolean;
}

/**
 * The same subscription, asking for the root object's `version` (and `id`) as well: the gateway must know where a
 * state stands whether or not the client wants to read it.
 */
export function askingForPosition(document: DocumentNode, field: string, fields: PositionFields): DocumentNode {
  const asked = [aliased(VERSION, 'version'), ...(fields.id ? [aliased(ID, 'id')] : [])];
  return {
    ...document,
    definitions: document.definitions.map((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION ? withSelections(definition, field, asked) : definition,
    ),
  };
}

/** Reads what `askingForPosition` asked for. Null for a state without a version: an error, or a root object of null. */
export function positionOf(event: ExecutionResult, field: string): Position | null {
  const state = event.data?.[field];
  if (state === null || typeof state !== 'object') return null;
  const { [VERSION]: version, [ID]: id } = state as Record<string, unknown>;
  if (!Number.isSafeInteger(version)) return null;
  return { id: id === undefined || id === null ? null : String(id), version: version as number };
}

/** The event as the client's own document would have brought it. */
export function withoutPosition(event: ExecutionResult, field: string): ExecutionResult {
  const state = event.data?.[field];
  if (state === null || typeof state !== 'object') return event;
  const { [VERSION]: _version, [ID]: _id, ...rest } = state as Record<string, unknown>;
  return { ...event, data: { ...event.data, [field]: rest } };
}

function withSelections(
  operation: OperationDefinitionNode,
  field: string,
  asked: readonly FieldNode[],
): OperationDefinitionNode {
  const selections = operation.selectionSet.selections.map((selection) =>
    selection.kind === Kind.FIELD && (selection.alias ?? selection.name).value === field && selection.selectionSet
      ? {
          ...selection,
          selectionSet: {
            ...selection.selectionSet,
            selections: [...selection.selectionSet.selections, ...asked],
          },
        }
      : selection,
  );
  return { ...operation, selectionSet: { ...operation.selectionSet, selections } };
}

function aliased(alias: string, name: string): FieldNode {
  return {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: alias },
    name: { kind: Kind.NAME, value: name },
  };
}

/** The last state a returning client has seen; undefined when it says nothing, null when what it says is no position. */
export function resumeOf(extensions: unknown): Position | null | undefined {
  const resume = (extensions as { resume?: unknown } | null | undefined)?.resume;
  if (resume === undefined || resume === null) return undefined;
  if (typeof resume !== 'object') return null;
  const { version, id = null } = resume as Record<string, unknown>;
  if (!Number.isSafeInteger(version) || (id !== null && typeof id !== 'string')) return null;
  return { id, version: version as number };
}

/** A position as the id of a server-sent event. */
export function eventIdOf({ id, version }: Position): string {
  // A line feed would end the field, and NUL makes browsers ignore it.
  return id === null ? String(version) : `${version}:${encodeURIComponent(id)}`;
}

/** Reads Last-Event-ID; undefined for what is no id of ours. */
export function positionOfEventId(text: string | undefined): Position | undefined {
  const [, version, id] = /^(\d{1,15})(?::(.*))?$/.exec(text ?? '') ?? [];
  if (version === undefined) return undefined;
  try {
    return { version: Number(version), id: id === undefined ? null : decodeURIComponent(id) };
  } catch {
    return undefined;
  }
}

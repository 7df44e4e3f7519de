import { badValue, conflictingUpdate, dollarPrefixed, failedToParse } from '../errors';
import type { FilterScope } from '../filter/scope';
import type { Doc } from '../types';
import { formatElement } from '../value/format';
import { fieldsOf, isObject } from '../value/kind';
import { getPath, type Path, parseUpdatePath } from '../value/path';
import { typeName } from '../value/type-name';
import { ARRAY_MODIFIERS } from './array-modifiers';
import { FIELD_MODIFIERS } from './field-modifiers';
import { creating, existing, type Modifier, type ModifierBuilder, REMOVE } from './modifier';

/** One modifier on one path; only that of `$rename`, which moves a value, depends on the document. */
export interface Operation {
  readonly path: Path;
  readonly modifier: Modifier | ((doc: Doc) => Modifier);
}

const MODIFIERS: ReadonlyMap<string, ModifierBuilder> = new Map([...FIELD_MODIFIERS, ...ARRAY_MODIFIERS]);

/** The operations in the order the server applies them: by path, positions by number, whatever the operator. */
export function parseOperations(update: Doc, scope: FilterScope, isUpsertInsert: boolean): Operation[] {
  const operations: Operation[] = [];
  const ignored: Path[] = [];
  for (const operator of Object.keys(update)) {
    const fields = fieldsOfModifier(operator, update[operator]);
    for (const name of Object.keys(fields)) {
      const path = parseUpdatePath(name);
      checkFieldName(path);
      if (operator === '$rename') operations.push(...renameOperations(path, fields[name]));
      else {
        const modifier = builderOf(operator)(fields[name], scope, name);
        if (operator === '$setOnInsert' && !isUpsertInsert) ignored.push(path);
        else operations.push({ path, modifier });
      }
    }
  }
  if (operations.length + ignored.length > 1) checkConflicts([...operations.map(({ path }) => path), ...ignored]);
  return operations.sort((a, b) => comparePaths(a.path, b.path));
}

function builderOf(operator: string): ModifierBuilder {
  const builder = MODIFIERS.get(operator);
  if (builder === undefined) throw unknownModifier(operator);
  return builder;
}

function fieldsOfModifier(operator: string, fields: unknown): Doc {
  if (!MODIFIERS.has(operator) && operator !== '$rename') throw unknownModifier(operator);
  if (isObject(fields)) return fieldsOf(fields);
  throw failedToParse(
    `Modifiers operate on fields but we found type ${typeName(fields)} instead. For example: {$mod: {<field>: ...}} not ${formatElement(operator, fields)}`,
  );
}

function unknownModifier(operator: string) {
  return failedToParse(
    `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
  );
}

/** Only the names of a DBRef and the positional forms may begin with a dollar. */
function checkFieldName(path: Path): void {
  if (!path.text.includes('$')) return;
  for (const [at, part] of path.parts.entries()) {
    if (!part.startsWith('$') || part === '$' || /^\$\[.*\]$/.test(part)) continue;
    if (at > 0 && (part === '$ref' || part === '$id' || part === '$db')) continue;
    throw dollarPrefixed(
      `The dollar ($) prefixed field '${part}' in '${path.text}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
    );
  }
}

/** The value moves as it was before the update: the target is set, the source removed. */
function renameOperations(path: Path, operand: unknown): Operation[] {
  if (typeof operand !== 'string') {
    throw badValue(`The 'to' field for $rename must be a string: ${formatElement(path.text, operand)}`);
  }
  const to = parseUpdatePath(operand);
  for (const part of [...path.parts, ...to.parts]) {
    if (part.startsWith('$'))
      throw badValue(`The source and destination field for $rename may not be dynamic: ${operand}`);
  }
  if (path.text === operand) {
    throw badValue(`The source and target field for $rename must differ: ${formatElement(path.text, operand)}`);
  }
  const moved = (doc: Doc): unknown => {
    checkNoArray(doc, path, 'source');
    return getPath(doc, path);
  };
  return [
    {
      path: to,
      modifier(doc) {
        const value = moved(doc);
        if (value === undefined) return existing((current) => current);
        checkNoArray(doc, to, 'destination');
        return creating(() => value);
      },
    },
    { path, modifier: REMOVE },
  ];
}

function checkNoArray(doc: Doc, path: Path, role: 'source' | 'destination'): void {
  let value: unknown = doc;
  for (const part of path.parts.slice(0, -1)) {
    if (!isObject(value)) return;
    value = fieldsOf(value)[part];
    if (Array.isArray(value)) {
      throw badValue(
        `The ${role} field cannot be an array element, '${path.text}' in doc with ${formatElement('_id', doc['_id'])} has an array field called '${part}'`,
      );
    }
  }
}

function checkConflicts(paths: readonly Path[]): void {
  const whole = new Set<string>();
  const prefixes = new Set<string>();
  for (const { text, parts } of paths) {
    if (whole.has(text) || prefixes.has(text)) throw conflict(text, text);
    let prefix = '';
    for (let at = 0; at < parts.length - 1; at++) {
      prefix = at === 0 ? (parts[0] as string) : `${prefix}.${parts[at]}`;
      if (whole.has(prefix)) throw conflict(text, prefix);
      prefixes.add(prefix);
    }
    whole.add(text);
  }
}

function conflict(path: string, at: string) {
  return conflictingUpdate(`Updating the path '${path}' would create a conflict at '${at}'`);
}

function comparePaths(a: Path, b: Path): number {
  const shared = Math.min(a.parts.length, b.parts.length);
  for (let at = 0; at < shared; at++) {
    const left = a.parts[at] as string;
    const right = b.parts[at] as string;
    if (left === right) continue;
    const numbers = [a.indexes[at] as number, b.indexes[at] as number] as const;
    if (numbers[0] >= 0 && numbers[1] >= 0) return numbers[0] - numbers[1];
    return left < right ? -1 : 1;
  }
  return a.parts.length - b.parts.length;
}

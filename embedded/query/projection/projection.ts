import { type Context, createContext } from '../context';
import { badValue, locationError } from '../errors';
import { compileExpression } from '../expression/compile';
import { elementTest } from '../filter/elem-match';
import { filterScope } from '../filter/filter';
import { indexFinder } from '../filter/matched-index';
import type { Collation, Doc } from '../types';
import { fieldsOf, isObject } from '../value/kind';
import { asInteger } from '../value/numeric';
import { fieldOf, getPath, putField } from '../value/path';
import { compileTreeProjection } from './apply';
import { addLeaf, createNode, flagOf, isNested, modeOf, type Node } from './tree';

export interface ProjectionOptions {
  readonly now?: Date | undefined;
  readonly let?: Doc | undefined;
  readonly collation?: Collation | undefined;
}

/** A change to an array of the projected document, given the document as it was. */
type Transform = (projected: Doc, original: Doc) => Doc;

/**
 * The projection of `find` and `findAndModify`. The filter is needed for the positional `array.$` only.
 *
 * @throws QueryError 31249, 31253, 31254 for collisions and mixes, and the codes of expressions
 */
export function compileProjection(projection: Doc, filter?: Doc, options: ProjectionOptions = {}): (doc: Doc) => Doc {
  if (Object.keys(projection).length === 0) return (doc) => doc;
  const builder = new ProjectionBuilder(createContext(options), filter ?? {});
  builder.addFields('', projection);
  return builder.build();
}

class ProjectionBuilder {
  private readonly root: Node = createNode();
  private readonly transforms: Transform[] = [];
  private readonly sliced: string[] = [];
  private leaves = 0;

  constructor(
    private readonly context: Context,
    private readonly filter: Doc,
  ) {}

  addFields(prefix: string, fields: Doc): void {
    for (const name of Object.keys(fields)) this.addField(prefix + name, fields[name]);
  }

  private addField(path: string, operand: unknown): void {
    const flag = flagOf(operand);
    if (path.endsWith('.$')) this.addPositional(path.slice(0, -2), operand);
    else if (flag !== null) this.add(path, { kind: flag ? 'include' : 'exclude' });
    else if (!isObject(operand)) this.addComputed(path, operand);
    else if ('$slice' in operand && this.addSlice(path, operand['$slice'])) return;
    else if ('$elemMatch' in operand) this.addElemMatch(path, operand['$elemMatch']);
    else if ('$meta' in operand) return;
    else if (isNested(operand, path)) this.addFields(`${path}.`, operand);
    else this.addComputed(path, operand);
  }

  private addComputed(path: string, operand: unknown): void {
    this.add(path, { kind: 'compute', evaluate: compileExpression(operand, this.context) });
  }

  private add(path: string, leaf: Parameters<typeof addLeaf>[2]): void {
    addLeaf(this.root, path, leaf);
    if (path !== '_id') this.leaves += 1;
  }

  private addPositional(path: string, operand: unknown): void {
    if (flagOf(operand) !== true) throw locationError(31395, `positional projection '${path}.$' must be an inclusion`);
    this.add(path, { kind: 'include' });
    const find = indexFinder(this.filter, path, filterScope(this.context));
    this.transforms.push((projected, original) => {
      if (!Array.isArray(getPath(projected, path))) return projected;
      const index = find(original);
      if (index === undefined) {
        throw locationError(
          51246,
          "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
        );
      }
      return mapArrays(projected, path.split('.'), 0, (array) => array.slice(index, index + 1));
    });
  }

  /** False where the operand is the aggregation operator of the same name. */
  private addSlice(path: string, operand: unknown): boolean {
    const [first, second] = Array.isArray(operand) ? operand : [operand];
    const from = asInteger(first);
    if (from === null) return false;
    const cut = Array.isArray(operand) ? skipAndLimit(from, asInteger(second)) : firstOrLast(from);
    this.sliced.push(path);
    this.transforms.push((projected) => mapArrays(projected, path.split('.'), 0, cut));
    return true;
  }

  private addElemMatch(path: string, operand: unknown): void {
    if (path.includes('.')) throw locationError(31275, 'Cannot use $elemMatch projection on a nested field.');
    const test = elementTest(operand, filterScope(this.context));
    this.add(path, {
      kind: 'compute',
      evaluate: (doc) => {
        const array = fieldOf(doc, path);
        const index = Array.isArray(array) ? array.findIndex(test) : -1;
        return index < 0 ? undefined : [(array as unknown[])[index]];
      },
    });
  }

  build(): (doc: Doc) => Doc {
    const onlyId = this.leaves === 0;
    if (onlyId && this.root.children.size === 0) return (doc) => this.transform(doc, doc);
    const mode = onlyId && this.sliced.length > 0 ? 'exclusion' : modeOf(this.root);
    if (mode === 'inclusion') for (const path of this.sliced) addLeaf(this.root, path, { kind: 'include' });
    const project = compileTreeProjection(this.root, mode);
    return (doc) => this.transform(project(doc), doc);
  }

  private transform(projected: Doc, original: Doc): Doc {
    return this.transforms.reduce((result, transform) => transform(result, original), projected);
  }
}

function firstOrLast(count: number): (array: unknown[]) => unknown[] {
  return (array) => (count < 0 ? array.slice(count) : array.slice(0, count));
}

function skipAndLimit(skip: number, limit: number | null): (array: unknown[]) => unknown[] {
  if (limit === null || limit <= 0) throw badValue('First argument to $slice must be a number and the limit positive');
  return (array) => {
    const from = skip < 0 ? Math.max(0, array.length + skip) : skip;
    return array.slice(from, from + limit);
  };
}

/** Replaces the arrays at the path, also in every object of an array on the way; copies along the path only. */
function mapArrays(doc: Doc, parts: readonly string[], at: number, cut: (array: unknown[]) => unknown[]): Doc {
  const name = parts[at] as string;
  const value = fieldOf(doc, name);
  const result = mapValue(value, parts, at + 1, cut);
  if (result === value) return doc;
  const copy = { ...doc };
  putField(copy, name, result);
  return copy;
}

function mapValue(value: unknown, parts: readonly string[], at: number, cut: (array: unknown[]) => unknown[]): unknown {
  if (at === parts.length) return Array.isArray(value) ? cut(value) : value;
  if (Array.isArray(value)) return value.map((element) => mapValue(element, parts, at, cut));
  return isObject(value) ? mapArrays(fieldsOf(value), parts, at, cut) : value;
}

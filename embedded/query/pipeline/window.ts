import type { Context } from '../context';
import { failedToParse, locationError } from '../errors';
import { compileExpression } from '../expression/compile';
import { added } from '../projection/apply';
import { addLeaf, createNode } from '../projection/tree';
import { sortDocuments } from '../sort';
import type { Doc } from '../types';
import { createKeyOf } from '../value/key';
import { fieldsOf, isObject } from '../value/kind';
import { typeName } from '../value/type-name';
import type { StageCompiler } from './stage';
import { compileWindowFunction, type Partition, type WindowFunction } from './window-function';

/** `$setWindowFields`: for each document, values over its neighbours in its partition's order. */
const setWindowFields: StageCompiler = (argument, context, name) => {
  if (!isObject(argument)) throw failedToParse(`the ${name} stage specification must be an object`);
  const { partitionBy, sortBy, output, ...rest } = fieldsOf(argument);
  const unknown = Object.keys(rest)[0];
  if (unknown !== undefined) throw failedToParse(`BSON field '$setWindowFields.${unknown}' is an unknown field.`);
  if (!isObject(output)) throw failedToParse("BSON field '$setWindowFields.output' is missing but a required field");
  if (sortBy !== undefined && !isObject(sortBy)) throw failedToParse("'sortBy' must be an object");
  const order = sortBy === undefined ? null : fieldsOf(sortBy);
  const partitionOf = partitionBy === undefined ? () => null : compileExpression(partitionBy, context);
  const fields = Object.keys(output).map((path) => ({
    path,
    compute: outputFunction(path, output[path], order, context),
  }));
  return function* (docs) {
    for (const partition of partitions(docs, partitionOf, context)) {
      const sorted = order === null ? partition : sortDocuments(partition, order, context.strings);
      yield* withFields({ docs: sorted, order, strings: context.strings }, fields);
    }
  };
};

function partitions(docs: Iterable<Doc>, partitionOf: (doc: Doc) => unknown, context: Context): Iterable<Doc[]> {
  const keyOf = createKeyOf(context.strings);
  const found = new Map<string, Doc[]>();
  for (const doc of docs) {
    const value = partitionOf(doc) ?? null;
    if (Array.isArray(value))
      throw locationError(5397705, 'An expression used to partition cannot evaluate to value of type array');
    const key = keyOf(value);
    const partition = found.get(key);
    if (partition === undefined) found.set(key, [doc]);
    else partition.push(doc);
  }
  return found.values();
}

function* withFields(
  partition: Partition,
  fields: readonly { path: string; compute: WindowFunction }[],
): Iterable<Doc> {
  const columns = fields.map(({ compute }) => compute(partition));
  for (const [at, doc] of partition.docs.entries()) {
    const node = createNode();
    fields.forEach(({ path }, column) => {
      const value = columns[column]?.[at];
      addLeaf(node, path, { kind: 'compute', evaluate: () => value });
    });
    yield added(doc, node, doc) as Doc;
  }
}

function outputFunction(path: string, operand: unknown, order: Doc | null, context: Context): WindowFunction {
  if (!isObject(operand))
    throw failedToParse(`Expected an object for the window function of '${path}', got ${typeName(operand)}`);
  const { window, ...functions } = fieldsOf(operand);
  const [name, ...others] = Object.keys(functions);
  if (name === undefined || others.length > 0) {
    throw failedToParse(`Expected exactly one window function in the specification of '${path}'`);
  }
  return compileWindowFunction(name, functions[name], window, order, context);
}

export const WINDOW_STAGES: ReadonlyMap<string, StageCompiler> = new Map([['$setWindowFields', setWindowFields]]);

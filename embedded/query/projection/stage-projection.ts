import type { Context } from '../context';
import { failedToParse, locationError } from '../errors';
import { compileExpression } from '../expression/compile';
import type { Doc } from '../types';
import { isObject } from '../value/kind';
import { typeName } from '../value/type-name';
import { added, compileTreeProjection, excluded } from './apply';
import { addLeaf, type Compile, createNode, isNested, modeOf, type Node, parseTree } from './tree';

export type DocMap = (doc: Doc) => Doc;

/** The stages that reshape one document at a time, shared by pipelines and pipeline updates. */

function compileWith(context: Context): Compile {
  return (expression) => compileExpression(expression, context);
}

export function compileProject(specification: unknown, context: Context): DocMap {
  if (!isObject(specification)) throw locationError(15969, '$project specification must be an object');
  if (Object.keys(specification).length === 0) {
    throw locationError(
      51272,
      'Invalid $project :: caused by :: projection specification must have at least one field',
    );
  }
  const root = parseTree(specification, compileWith(context));
  return compileTreeProjection(root, modeOf(root));
}

export function compileAddFields(specification: unknown, context: Context, name = '$addFields'): DocMap {
  if (!isObject(specification)) {
    throw locationError(40272, `${name} specification stage must be an object, got ${typeName(specification)}`);
  }
  const root = createNode();
  addComputed(root, '', specification, compileWith(context));
  return (doc) => added(doc, root, doc) as Doc;
}

/** Here numbers and booleans are values, not flags. */
function addComputed(root: Node, prefix: string, fields: Doc, compile: Compile): void {
  for (const name of Object.keys(fields)) {
    const operand = fields[name];
    const path = prefix + name;
    if (isObject(operand) && Object.keys(operand).length > 0 && isNested(operand, path)) {
      addComputed(root, `${path}.`, operand, compile);
    } else addLeaf(root, path, { kind: 'compute', evaluate: compile(operand) });
  }
}

export function compileUnset(specification: unknown): DocMap {
  const paths = Array.isArray(specification) ? specification : [specification];
  if (paths.length === 0 || !paths.every((path) => typeof path === 'string')) {
    throw locationError(31002, '$unset specification must be a string or an array of strings');
  }
  const root = createNode();
  for (const path of paths) addLeaf(root, path, { kind: 'exclude' });
  return (doc) => excluded(doc, root);
}

export function compileReplaceRoot(expression: unknown, context: Context, name: string): DocMap {
  const evaluate = compileExpression(expression, context);
  return (doc) => {
    const result = evaluate(doc);
    if (isObject(result)) return result;
    throw locationError(
      40228,
      `'${name === '$replaceRoot' ? 'newRoot' : 'replacement document'}' expression must evaluate to an object, but resulting value was of type ${typeName(result)}`,
    );
  };
}

export function newRootOf(specification: unknown): unknown {
  if (!isObject(specification)) throw locationError(40229, '$replaceRoot specification must be an object');
  if (!('newRoot' in specification)) throw locationError(40231, 'no newRoot specified for the $replaceRoot stage');
  const unknown = Object.keys(specification).find((key) => key !== 'newRoot');
  if (unknown !== undefined) throw failedToParse(`BSON field '$replaceRoot.${unknown}' is an unknown field.`);
  return specification['newRoot'];
}

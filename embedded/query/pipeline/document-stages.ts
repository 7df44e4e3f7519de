import { locationError } from '../errors';
import { compileExpression } from '../expression/compile';
import { filterScope } from '../filter/filter';
import {
  compileAddFields,
  compileProject,
  compileReplaceRoot,
  compileUnset,
  type DocMap,
  newRootOf,
} from '../projection/stage-projection';
import type { Doc } from '../types';
import { fieldsOf, isObject } from '../value/kind';
import type { Stage, StageCompiler } from './stage';

/** The stages that treat each document by itself. */

function mapping(map: DocMap): Stage {
  return function* (docs) {
    for (const doc of docs) yield map(doc);
  };
}

const match: StageCompiler = (argument, context) => {
  if (!isObject(argument)) throw locationError(15959, 'the match filter must be an expression in an object');
  const matches = filterScope(context).tree(fieldsOf(argument));
  return function* (docs) {
    for (const doc of docs) if (matches(doc)) yield doc;
  };
};

const documents: StageCompiler = (argument, context) => {
  const values = compileExpression(argument, context)({});
  if (!Array.isArray(values) || !values.every(isObject)) {
    throw locationError(5858203, 'an array of documents is expected in $documents');
  }
  return () => values as Doc[];
};

export const DOCUMENT_STAGES: ReadonlyMap<string, StageCompiler> = new Map<string, StageCompiler>([
  ['$match', match],
  ['$project', (argument, context) => mapping(compileProject(argument, context))],
  ['$addFields', (argument, context, name) => mapping(compileAddFields(argument, context, name))],
  ['$set', (argument, context, name) => mapping(compileAddFields(argument, context, name))],
  ['$unset', (argument) => mapping(compileUnset(argument))],
  ['$replaceRoot', (argument, context, name) => mapping(compileReplaceRoot(newRootOf(argument), context, name))],
  ['$replaceWith', (argument, context, name) => mapping(compileReplaceRoot(argument, context, name))],
  ['$documents', documents],
]);

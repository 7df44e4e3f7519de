import type { Context } from '../context';
import { failedToParse, QueryError } from '../errors';
import {
  compileAddFields,
  compileProject,
  compileReplaceRoot,
  compileUnset,
  type DocMap,
  newRootOf,
} from '../projection/stage-projection';
import type { Doc } from '../types';

/** An update written as a pipeline: only the stages that reshape one document. */
export function compileUpdatePipeline(stages: readonly Doc[], context: Context): DocMap {
  const steps = stages.map((stage) => compileStep(stage, context));
  return (doc) => steps.reduce((result, step) => step(result), doc);
}

function compileStep(stage: Doc, context: Context): DocMap {
  const [name, ...others] = Object.keys(stage);
  if (name === undefined || others.length > 0) {
    throw failedToParse('A pipeline stage specification object must contain exactly one field.');
  }
  const argument = stage[name];
  switch (name) {
    case '$set':
    case '$addFields':
      return compileAddFields(argument, context, name);
    case '$project':
      return compileProject(argument, context);
    case '$unset':
      return compileUnset(argument);
    case '$replaceRoot':
      return compileReplaceRoot(newRootOf(argument), context, name);
    case '$replaceWith':
      return compileReplaceRoot(argument, context, name);
    default:
      throw new QueryError(72, 'InvalidOptions', `${name} is not allowed to be used within an update`);
  }
}

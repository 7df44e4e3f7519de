import { Int32 } from 'bson';
import type { Accumulator, AccumulatorSpec } from '../accumulator/accumulator';
import { compileAccumulator } from '../accumulator/compile';
import type { Context } from '../context';
import { locationError } from '../errors';
import { compileExpression } from '../expression/compile';
import type { Doc } from '../types';
import { createKeyOf } from '../value/key';
import { fieldsOf, isObject } from '../value/kind';
import { putField } from '../value/path';
import type { StageCompiler } from './stage';

export interface OutputField {
  readonly name: string;
  readonly spec: AccumulatorSpec;
}

/** The accumulated fields of `$group`, `$bucket` and `$bucketAuto`. */
export function compileOutputs(fields: Doc, context: Context): OutputField[] {
  return Object.keys(fields).map((name) => {
    if (name.includes('.')) throw locationError(40235, `The field name '${name}' cannot contain '.'`);
    if (name.startsWith('$')) throw locationError(40236, `The field name '${name}' cannot be an operator name`);
    const operand = fields[name];
    if (!isObject(operand)) throw locationError(40234, `The field '${name}' must be an accumulator object`);
    const [operator, ...others] = Object.keys(operand);
    if (operator === undefined || others.length > 0) {
      throw locationError(40238, `The field '${name}' must specify one accumulator`);
    }
    return { name, spec: compileAccumulator(operator, operand[operator], context) };
  });
}

/** One group being gathered. */
export class Group {
  private readonly accumulators: Accumulator[];

  constructor(
    readonly id: unknown,
    private readonly outputs: readonly OutputField[],
  ) {
    this.accumulators = outputs.map(({ spec }) => spec.create());
  }

  add(doc: Doc): void {
    for (let at = 0; at < this.outputs.length; at++) {
      this.accumulators[at]?.add(this.outputs[at]?.spec.evaluate(doc));
    }
  }

  result(): Doc {
    const result: Doc = { _id: this.id };
    this.outputs.forEach(({ name }, at) => {
      const value = this.accumulators[at]?.result();
      if (value !== undefined) putField(result, name, value);
    });
    return result;
  }
}

const group: StageCompiler = (argument, context) => {
  if (!isObject(argument)) throw locationError(15947, "a group's fields must be specified in an object");
  const { _id: idExpression, ...fields } = fieldsOf(argument);
  if (!('_id' in argument)) throw locationError(15955, 'a group specification must include an _id');
  const idOf = compileExpression(idExpression, context);
  const outputs = compileOutputs(fields, context);
  return function* (docs) {
    const keyOf = createKeyOf(context.strings);
    const groups = new Map<string, Group>();
    for (const doc of docs) {
      const id = idOf(doc) ?? null;
      const key = keyOf(id);
      let found = groups.get(key);
      if (found === undefined) {
        found = new Group(id, outputs);
        groups.set(key, found);
      }
      found.add(doc);
    }
    for (const found of groups.values()) yield found.result();
  };
};

const sortByCount: StageCompiler = (argument, context) => {
  if (typeof argument === 'string' ? !argument.startsWith('$') : !isObject(argument)) {
    throw locationError(
      40149,
      'the sortByCount field must be defined as a $-prefixed path or an expression inside an object',
    );
  }
  return context.pipeline([
    { $group: { _id: argument, count: { $sum: new Int32(1) } } },
    { $sort: { count: new Int32(-1) } },
  ]);
};

export const GROUP_STAGES: ReadonlyMap<string, StageCompiler> = new Map<string, StageCompiler>([
  ['$group', group],
  ['$sortByCount', sortByCount],
]);

import {
  type GraphQLCompositeType,
  type GraphQLOutputType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql';
import { runtimeTypeOf } from './answer-writer';
import type { ClientOperation, Reading } from './client-operation';
import { type Data, isData, own } from './data';
import { leafTextOf } from './leaf-text';

/** A place where the subgraphs gave nothing that the public schema allows. */
export interface Fault {
  readonly message: string;
  readonly path: readonly (string | number)[];
}

/** What became of a value: itself, null because it was null, or null because of a fault. */
type Outcome = 'present' | 'null' | 'faulty';

/** Why the answer to an operation has nulls its subgraphs did not give: Apollo's words, in Apollo's order. */
export function faultsOf(operation: ClientOperation, reading: Reading, data: Data): Fault[] {
  const faults: Fault[] = [];
  const path: (string | number)[] = [];

  const describe = (type: GraphQLOutputType, parentType: GraphQLCompositeType): string => {
    const last = path.at(-1);
    return typeof last === 'number'
      ? `array element of type ${String(type)} at index ${last}`
      : `field ${parentType.name}.${String(last)}`;
  };
  const fault = (message: string): Outcome => {
    faults.push({ message, path: [...path] });
    return 'faulty';
  };

  const visit = (
    value: unknown,
    type: GraphQLOutputType,
    parentType: GraphQLCompositeType,
    selections: readonly SelectionSetNode[],
  ): Outcome => {
    if (isNonNullType(type)) {
      const outcome = visit(value, type.ofType, parentType, selections);
      if (outcome !== 'null') return outcome;
      return fault(`Cannot return null for non-nullable ${describe(type.ofType, parentType)}.`);
    }
    if (value === null || value === undefined) return 'null';
    const invalid = () => fault(`Invalid value found for ${describe(type, parentType)}.`);
    if (isListType(type)) {
      if (!Array.isArray(value)) return invalid();
      let outcome: Outcome = 'present';
      value.forEach((item: unknown, index) => {
        path.push(index);
        if (visit(item, type.ofType, parentType, selections) !== 'present' && isNonNullType(type.ofType))
          outcome = 'faulty';
        path.pop();
      });
      return outcome;
    }
    if (isCompositeType(type)) {
      if (!isData(value)) return invalid();
      const runtimeType = runtimeTypeOf(operation, type, value['__typename']);
      const unknown = () => fault(`Invalid __typename found for object at ${describe(type, parentType)}.`);
      return runtimeType ? visitObject(value, runtimeType, selections, unknown) : unknown();
    }
    return leafTextOf(type)(value) === undefined ? invalid() : 'present';
  };

  const visitObject = (
    object: Data,
    runtimeType: GraphQLCompositeType,
    selections: readonly SelectionSetNode[],
    unknown: () => Outcome,
  ): Outcome => {
    for (const entry of operation.entriesOf(selections, runtimeType, reading)) {
      if (!entry.type) {
        if (!isObjectType(runtimeType)) return unknown();
        continue;
      }
      path.push(entry.key);
      const outcome = visit(own(object, entry.source), entry.type, entry.parentType, entry.selections);
      path.pop();
      if (outcome !== 'present' && isNonNullType(entry.type)) return 'faulty';
    }
    return 'present';
  };

  visitObject(data, operation.rootType, [operation.definition.selectionSet], () => 'faulty');
  return faults;
}

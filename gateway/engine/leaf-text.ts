import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  type GraphQLLeafType,
  GraphQLString,
  isEnumType,
} from 'graphql';
import { stringText } from './json-text';

/** The JSON text of a value that is not null; undefined where the public type does not have the value. */
export type TextOf = (value: unknown) => string | undefined;

const INTEGER = /^-?(?:0|[1-9][0-9]*)$/;

export function leafTextOf(type: GraphQLLeafType): TextOf {
  if (isEnumType(type)) {
    const texts = new Map(type.getValues().map(({ name }) => [name, `"${name}"`]));
    return (value) => texts.get(value as string);
  }
  switch (type.name) {
    case GraphQLString.name:
      return (value) => (typeof value === 'string' ? stringText(value) : undefined);
    case GraphQLID.name:
      return (value) => (typeof value === 'string' ? stringText(value) : integerText(value));
    case GraphQLInt.name:
      return integerText;
    case GraphQLFloat.name:
      return numberText;
    case GraphQLBoolean.name:
      return (value) => (typeof value === 'boolean' ? String(value) : undefined);
    default:
      return (value) => (typeof value === 'string' ? stringText(value) : (JSON.stringify(value) ?? 'null'));
  }
}

function numberText(value: unknown): string | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

function integerText(value: unknown): string | undefined {
  const text = numberText(value);
  return text !== undefined && INTEGER.test(text) ? text : undefined;
}

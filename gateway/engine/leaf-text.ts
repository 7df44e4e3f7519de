import { isCustomScalarType, isEnumType, type NamedType, type Schema } from '@apollo/federation-internals';
import { stringText } from './json-text';

/** The JSON text of a value; undefined where the public type does not have the value. Null is decided by the caller. */
export type TextOf = (value: unknown) => string | undefined;

const INTEGER = /^-?(?:0|[1-9][0-9]*)$/;

export function leafTextOf(schema: Schema, type: NamedType): TextOf {
  if (isEnumType(type)) {
    const texts = new Map(type.values.map(({ name }) => [name, `"${name}"`]));
    return (value) => texts.get(value as string);
  }
  if (isCustomScalarType(type)) {
    return (value) => (typeof value === 'string' ? stringText(value) : (JSON.stringify(value) ?? 'null'));
  }
  if (type === schema.booleanType()) return (value) => (typeof value === 'boolean' ? String(value) : undefined);
  if (type === schema.floatType()) return numberText;
  if (type === schema.intType()) return integerText;
  if (type === schema.idType()) {
    return (value) => (typeof value === 'string' ? stringText(value) : integerText(value));
  }
  return (value) => (typeof value === 'string' ? stringText(value) : undefined);
}

function numberText(value: unknown): string | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

function integerText(value: unknown): string | undefined {
  const text = numberText(value);
  return text !== undefined && INTEGER.test(text) ? text : undefined;
}

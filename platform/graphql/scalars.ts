import { GraphQLScalarType, Kind } from 'graphql';
import { badInput } from '../user-errors/api-error';

function textScalar(
  name: string,
  description: string,
  read: (text: string) => unknown,
  write: (value: unknown) => string,
) {
  return new GraphQLScalarType({
    name,
    description,
    serialize: write,
    parseValue: (value) => {
      if (typeof value !== 'string') throw badInput(`${name} is written as a string.`);
      return read(value);
    },
    parseLiteral: (node) => {
      if (node.kind !== Kind.STRING) throw badInput(`${name} is written as a string.`);
      return read(node.value);
    },
  });
}

const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** An instant. Read with any offset, written in UTC with milliseconds. JavaScript value: Date. */
export const DateTimeScalar = textScalar(
  'DateTime',
  'An instant, ISO 8601 with an offset; answers are in UTC, for example "2026-05-25T08:30:00.000Z".',
  (text) => {
    const value = new Date(text);
    if (!ISO_INSTANT.test(text) || Number.isNaN(value.getTime())) {
      throw badInput(`"${text.slice(0, 40)}" is not an ISO 8601 instant with an offset.`);
    }
    return value;
  },
  (value) => new Date(value as string | number | Date).toISOString(),
);

/** A decimal number as text, so that no client rounds it. JavaScript value: string. */
export const DecimalScalar = textScalar(
  'Decimal',
  'An exact decimal number as a string, for example "12.50".',
  (text) => {
    if (!/^-?\d{1,15}(\.\d{1,6})?$/.test(text)) throw badInput(`"${text.slice(0, 40)}" is not a decimal number.`);
    return text;
  },
  (value) => String(value),
);

/** ISO 4217. JavaScript value: string. */
export const CurrencyCodeScalar = textScalar(
  'CurrencyCode',
  'An ISO 4217 currency code, for example "HKD".',
  (text) => {
    if (!/^[A-Z]{3}$/.test(text)) throw badInput(`"${text.slice(0, 40)}" is not an ISO 4217 currency code.`);
    return text;
  },
  (value) => String(value),
);

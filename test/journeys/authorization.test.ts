import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';
import { MUTATIONS } from '../mutations';
import { openShop, SHAPES, type TestShop } from '../support/stack-harness';

const schema = buildSchema(readFileSync(path.join(__dirname, '..', '..', 'schema', 'public.graphql'), 'utf8'));
const mutations = schema.getMutationType()?.getFields() ?? {};

/** The least input the schema accepts; what it means does not matter to somebody who is turned away. */
function least(type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return least(type.ofType);
  if (isListType(type)) return [];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type)) {
    const required = Object.values(type.getFields()).filter(isRequiredInputField);
    return Object.fromEntries(required.map((field) => [field.name, least(field.type)]));
  }
  switch (type.name) {
    case 'Int':
      return 1;
    case 'Float':
      return 1.5;
    case 'Boolean':
      return true;
    case 'Decimal':
      return '1.00';
    case 'CurrencyCode':
      return 'HKD';
    case 'DateTime':
      return '2026-01-01T00:00:00Z';
    default:
      return 'nothing';
  }
}

function documentOf(field: GraphQLField<unknown, unknown>): { document: string; variables: Record<string, unknown> } {
  const [argument] = field.args;
  const selection = '{ userErrors { code } }';
  if (!argument) return { document: `mutation { ${field.name} ${selection} }`, variables: {} };
  return {
    document: `mutation M($input: ${argument.type}) { ${field.name}(input: $input) ${selection} }`,
    variables: { input: least(argument.type) },
  };
}

describe.each(SHAPES)('who may call which mutation, %s', (shape) => {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await openShop({ shape });
  });
  afterAll(() => shop.stop());

  it('should be said in the table for every mutation, and in its description', () => {
    expect(Object.keys(MUTATIONS).sort()).toEqual(Object.keys(mutations).sort());
  });

  it('should take an idempotency key wherever the table says so, and say so wherever uniqueness is by id', () => {
    const wrong: string[] = [];
    for (const [name, { repeat }] of Object.entries(MUTATIONS)) {
      const input = mutations[name]?.args[0]?.type;
      const object = input && isNonNullType(input) ? input.ofType : input;
      const keyed = isInputObjectType(object) && object.getFields()['idempotencyKey'] !== undefined;
      if (keyed !== (repeat === 'idempotencyKey'))
        wrong.push(`${name}: idempotencyKey ${keyed ? 'stands' : 'is missing'}`);
    }
    expect(wrong).toEqual([]);
  });

  it.each(Object.keys(MUTATIONS))('should turn away everyone else from %s', async (name) => {
    const row = MUTATIONS[name];
    const field = mutations[name];
    if (!row || !field || row.who === 'anyone') return;
    const { document, variables } = documentOf(field);
    const anonymous = await shop.client.send(document, variables);
    expect(anonymous.errors.map((error) => error.extensions?.['code'])).toEqual(['UNAUTHENTICATED']);
    const key = await shop.client.send(document, variables, { storefrontKey: shop.storefrontKey });
    expect(key.errors.map((error) => error.extensions?.['code'])).toEqual([
      expect.stringMatching(/^(FORBIDDEN|UNAUTHENTICATED)$/),
    ]);
    if (row.who === 'signed-in') return;
    const people = {
      merchant: 'MERCHANT',
      staff: 'STAFF',
      admin: 'ADMIN',
      leader: 'LEADER',
      host: 'HOST',
      shopper1: 'CUSTOMER',
    };
    for (const [person, role] of Object.entries(people)) {
      if ((row.who as readonly string[]).includes(role)) continue;
      const denied = await shop.client.send(document, variables, await shop.as(person));
      expect([person, ...denied.errors.map((error) => error.extensions?.['code'])]).toEqual([person, 'FORBIDDEN']);
    }
  });
});

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { buildSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';

const schema = buildSchema(readFileSync(path.join(__dirname, '..', 'schema', 'public.graphql'), 'utf8'));
const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
const BUILT_IN = ['ID', 'String', 'Int', 'Float', 'Boolean', 'Query', 'Mutation', 'Subscription'];

describe('the public schema', () => {
  it('should describe every type, field, argument, input and value', () => {
    const bare: string[] = [];
    for (const type of types) {
      if (!BUILT_IN.includes(type.name) && !type.description) bare.push(type.name);
      if (isObjectType(type) || isInterfaceType(type)) {
        for (const field of Object.values(type.getFields())) {
          if (!field.description) bare.push(`${type.name}.${field.name}`);
          for (const argument of field.args)
            if (!argument.description) bare.push(`${type.name}.${field.name}(${argument.name})`);
        }
      }
      if (isInputObjectType(type)) {
        for (const field of Object.values(type.getFields()))
          if (!field.description) bare.push(`${type.name}.${field.name}`);
      }
      if (isEnumType(type))
        for (const value of type.getValues()) if (!value.description) bare.push(`${type.name}.${value.name}`);
    }
    expect(bare).toEqual([]);
  });

  it('should show no internal operation and no internal type', () => {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const fields = roots.flatMap((root) => Object.keys(root?.getFields() ?? {}));
    expect(fields.filter((name) => name.startsWith('_'))).toEqual([]);
    expect(types.map(({ name }) => name).filter((name) => /Internal|Snapshot/.test(name))).toEqual([]);
  });

  it('should give every mutation one input at most and a payload that carries userErrors', () => {
    const odd = Object.values(schema.getMutationType()?.getFields() ?? {}).filter((field) => {
      const payload = schema.getType(String(field.type).replace('!', ''));
      return field.args.length > 1 || !isObjectType(payload) || payload.getFields()['userErrors'] === undefined;
    });
    expect(odd.map(({ name }) => name)).toEqual([]);
  });

  it('should page every connection with a required first', () => {
    const loose: string[] = [];
    for (const type of types) {
      if (!isObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        if (!/Connection!?$/.test(String(field.type))) continue;
        const first = field.args.find(({ name }) => name === 'first');
        if (String(first?.type) !== 'Int!') loose.push(`${type.name}.${field.name}`);
      }
    }
    expect(loose).toEqual([]);
  });
});

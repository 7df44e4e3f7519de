import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { CodegenConfig } from '@graphql-codegen/cli';

/**
 * Typed documents: what a subgraph asks of another (`<asker>/internal/<asked>.graphql`, checked against the
 * asked one's printed schema) and what tests and tools send through the gateway (against the public schema).
 */
const operationTypes = {
  plugins: ['typescript-operations', 'typed-document-node'],
  config: {
    useTypeImports: true,
    enumsAsTypes: true,
    avoidOptionals: { field: true },
    immutableTypes: true,
    scalars: {
      ID: 'string',
      DateTime: { input: 'Date | string', output: 'string' },
      Decimal: 'string',
      CurrencyCode: 'string',
    },
  },
};

const generates: NonNullable<CodegenConfig['generates']> = {};
for (const asker of ['tools', ...readdirSync('subgraphs').map((name) => path.join('subgraphs', name))]) {
  const folder = path.join(asker, 'internal');
  if (!existsSync(folder)) continue;
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.graphql'))) {
    const asked = path.basename(file, '.graphql');
    generates[path.join(asker, 'generated', `${asked}.ts`)] = {
      schema: `schema/${asked}.graphql`,
      documents: path.join(folder, file),
      ...operationTypes,
    };
  }
}
if (existsSync('schema/public.graphql') && existsSync('test/documents')) {
  generates['test/generated/operations.ts'] = {
    schema: 'schema/public.graphql',
    documents: 'test/documents/**/*.graphql',
    ...operationTypes,
  };
}

const config: CodegenConfig = { generates, silent: true, errorsOnly: true };
export default config;

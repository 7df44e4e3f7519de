import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import 'reflect-metadata';
import { Supergraph } from '@apollo/federation-internals';
import { Command } from 'commander';
import { buildSchema, printSchema } from 'graphql';
import { composeSupergraph } from '../gateway/federation/compose';
import { subgraphs } from './subgraphs';

const FOLDER = path.join(__dirname, '..', 'schema');
const RELEASED = 'released.graphql';
const CHANGES = 'CHANGES.md';

const program = new Command('schema')
  .description('Prints every subgraph, composes the supergraph and derives the public schema, into schema/.')
  .option('--check', 'write nothing; fail when schema/ is out of date or a breaking change is not recorded')
  .option('--release', 'take the public schema as the one clients now rely on (schema/released.graphql)')
  .parse();
const { check, release } = program.opts<{ check?: boolean; release?: boolean }>();

function generate(): Map<string, string> {
  const files = new Map<string, string>();
  const printed = Object.values(subgraphs).map((subgraph) => ({ name: subgraph.name, sdl: subgraph.schema().sdl }));
  for (const { name, sdl } of printed) files.set(`${name}.graphql`, sdl);
  const supergraph = composeSupergraph(printed);
  files.set('supergraph.graphql', supergraph);
  files.set('public.graphql', `${printSchema(Supergraph.build(supergraph).apiSchema().toGraphQLJSSchema())}\n`);
  return files;
}

/** Breaking changes since the release that CHANGES.md does not record word for word. */
async function unrecordedBreaks(current: string): Promise<string[]> {
  const file = path.join(FOLDER, RELEASED);
  if (!existsSync(file)) return [];
  const { diff } = await import('@graphql-inspector/core');
  const changes = await diff(buildSchema(readFileSync(file, 'utf8')), buildSchema(current));
  const recorded = readFileSync(path.join(FOLDER, CHANGES), 'utf8');
  return changes
    .filter((change) => change.criticality.level === 'BREAKING' && !recorded.includes(change.message))
    .map((change) => change.message);
}

async function main(): Promise<void> {
  const files = generate();
  const current = files.get('public.graphql') ?? '';
  if (release) files.set(RELEASED, current);
  const stale = [...files].filter(([name, text]) => {
    const file = path.join(FOLDER, name);
    return !existsSync(file) || readFileSync(file, 'utf8') !== text;
  });
  if (!check) for (const [name, text] of stale) writeFileSync(path.join(FOLDER, name), text);
  const breaks = release ? [] : await unrecordedBreaks(current);
  const names = stale.map(([name]) => `schema/${name}`).join(', ');
  if (stale.length > 0) {
    console.log(check ? `Out of date: ${names}. Run "npm run schema" and commit the result.` : `Written: ${names}`);
  }
  if (breaks.length > 0) {
    console.error(
      [
        'The public schema breaks clients:',
        ...breaks.map((message) => `  - ${message}`),
        `Deprecate instead, or record each line with its reason in schema/${CHANGES}.`,
      ].join('\n'),
    );
  }
  if (breaks.length > 0 || (check && stale.length > 0)) process.exitCode = 1;
  else if (check) console.log(`schema/ is up to date (${files.size} files, no unrecorded breaking change).`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

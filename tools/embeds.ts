import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { buildEmbeds, fingerprint, manifestOf } from './embeds/build';

const EMBEDS = path.join(__dirname, '..', 'embeds');
const GENERATED = path.join(EMBEDS, 'generated');
const GUIDE = path.join(__dirname, '..', 'docs', 'guides', 'embedding-app.md');

const program = new Command('embeds')
  .description(
    'Bundles the browser side into embeds/generated/<version>-<hash>/. Builds of other versions stay: pages pin them.',
  )
  .option('--check', 'write nothing; fail when the newest build does not match the sources')
  .parse();
const { check } = program.opts<{ check?: boolean }>();

async function main(): Promise<void> {
  const version = (await readFile(path.join(EMBEDS, 'VERSION'), 'utf8')).trim();
  const files = await buildEmbeds();
  const name = `${version}-${fingerprint(files)}`;
  const folder = path.join(GENERATED, name);
  if (check) {
    if (existsSync(folder)) return console.log(`embeds/generated is up to date: ${name}.`);
    console.error('embeds/generated is out of date: run `npm run embeds` and commit what it writes.');
    process.exit(1);
  }
  await mkdir(GENERATED, { recursive: true });
  // A version that no page has seen yet is made again; raise embeds/VERSION once it was released.
  for (const other of await readdir(GENERATED)) {
    if (other.startsWith(`${version}-`)) await rm(path.join(GENERATED, other), { recursive: true });
  }
  await mkdir(folder);
  for (const [file, content] of files) await writeFile(path.join(folder, file), content);
  const manifest = manifestOf(name, files);
  await writeFile(path.join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  // The guide's lines are there to be copied, so they name the build that is served.
  const guide = await readFile(GUIDE, 'utf8');
  const pinned = guide
    .replace(/(\/embeds\/)\d[^/]*(\/counter\.js")/g, `$1${name}$2`)
    .replace(/(integrity=")sha384-[^"]*(")/g, `$1${manifest.files['counter.js']?.integrity}$2`);
  if (pinned !== guide) await writeFile(GUIDE, pinned);
  console.log(`Written: embeds/generated/${name}`);
  for (const [file, { bytes, gzipBytes }] of Object.entries(manifest.files)) {
    console.log(`  ${file.padEnd(12)} ${String(bytes).padStart(6)} bytes, ${gzipBytes} by gzip`);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

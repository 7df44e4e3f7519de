import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Plugin, transform } from 'esbuild';

const SOURCES = path.join(__dirname, '..', '..', 'embeds', 'src');
/** The oldest browser inside a streaming program that is still about (OBS 28). */
const TARGET = 'chrome103';
const SCRIPTS = ['counter', 'overlay'];
const SHEETS = ['overlay'];

/** What pages load, by file name. */
export type EmbedFiles = ReadonlyMap<string, Buffer>;

/** Bundles and minifies the browser side. Equal sources give equal bytes. */
export async function buildEmbeds(): Promise<EmbedFiles> {
  const files = new Map<string, Buffer>();
  for (const name of SCRIPTS) {
    const { outputFiles } = await build({
      entryPoints: [path.join(SOURCES, `${name}.ts`)],
      bundle: true,
      minify: true,
      format: 'iife',
      target: TARGET,
      charset: 'utf8',
      legalComments: 'none',
      write: false,
      plugins: [styleText],
    });
    const [script] = outputFiles;
    if (!script) throw new Error(`Nothing was built for ${name}.`);
    files.set(`${name}.js`, Buffer.from(script.contents));
  }
  for (const name of SHEETS) {
    const source = await readFile(path.join(SOURCES, `${name}.css`), 'utf8');
    files.set(`${name}.css`, Buffer.from(await minifiedCss(source)));
  }
  return files;
}

/** Twelve characters that change with every byte of any file. */
export function fingerprint(files: EmbedFiles): string {
  const hash = createHash('sha256');
  for (const [name, content] of files) hash.update(`${name}\0${content.length}\0`).update(content);
  return hash.digest('hex').slice(0, 12);
}

export interface EmbedManifest {
  /** "1.0.0-<fingerprint>". */
  readonly build: string;
  readonly files: Readonly<
    Record<string, { readonly integrity: string; readonly bytes: number; readonly gzipBytes: number }>
  >;
}

/** What a page needs to pin each file (`integrity`, for Subresource Integrity), and how much it loads. */
export function manifestOf(name: string, files: EmbedFiles): EmbedManifest {
  return {
    build: name,
    files: Object.fromEntries(
      [...files].map(([file, content]) => [
        file,
        {
          integrity: `sha384-${createHash('sha384').update(content).digest('base64')}`,
          bytes: content.length,
          gzipBytes: gzipSync(content, { level: 9 }).length,
        },
      ]),
    ),
  };
}

/** `import { css } from './x.css'` is the sheet as text, for a constructed style sheet. */
const styleText: Plugin = {
  name: 'style-text',
  setup({ onLoad }) {
    onLoad({ filter: /\.css$/ }, async ({ path: file }) => {
      const css = await minifiedCss(await readFile(file, 'utf8'));
      return { contents: `export const css = ${JSON.stringify(css)};`, loader: 'js' };
    });
  },
};

async function minifiedCss(source: string): Promise<string> {
  return (await transform(source, { loader: 'css', minify: true, target: TARGET, legalComments: 'none' })).code.trim();
}

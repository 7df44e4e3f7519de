/** The published hash of an embedded file, by which a page pins it. */
export interface PinnedFile {
  readonly url: string;
  readonly integrity: string;
  readonly gzipBytes: number;
}

export async function pinnedFile(api: string, file: string): Promise<PinnedFile> {
  const response = await fetch(`${api}/embeds/v1/manifest.json`);
  const { files } = (await response.json()) as { files: Record<string, PinnedFile> };
  const pinned = files[file];
  if (!pinned) throw new Error(`The manifest does not name ${file}.`);
  return { ...pinned, url: api + pinned.url };
}

/** The strictest policy a page with counters can have: nothing but its own style sheet and this API. */
export function strictPolicy(api: string): Record<string, string> {
  const socket = api.replace(/^http/, 'ws');
  return {
    'content-security-policy':
      `default-src 'none'; script-src ${api}; style-src 'self'; connect-src ${api} ${socket}; base-uri 'none'; ` +
      "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  };
}

export function embeddingPage(body: string, script: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>A shop of somebody else</title><link rel="stylesheet" href="/own.css">${script}</head>
<body><main><h1>Tonight together</h1>
${body}
</main></body>
</html>`;
}

export function scriptTag({ url, integrity }: Pick<PinnedFile, 'url' | 'integrity'>): string {
  return `<script defer src="${url}" integrity="${integrity}" crossorigin="anonymous"></script>`;
}

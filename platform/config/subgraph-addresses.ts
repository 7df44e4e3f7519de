import { z } from 'zod';
import { SUBGRAPH_NAMES, type SubgraphName } from '../subgraph/subgraph-port';

/** "http://host:port" of each subgraph, without a path. */
export type SubgraphUrls = Readonly<Record<SubgraphName, string>>;

const MIN_SECRET = 32;

/** An address without path, query or credentials, as its origin. */
export const origin = z.string().transform((text, context) => {
  const url = originOf(text);
  if (url !== null) return url;
  context.addIssue({ code: 'custom', message: 'must be like https://shop.example.com, without a path' });
  return z.NEVER;
});

/** "accounts=http://127.0.0.1:4101,catalog=http://…": all seven, in any order. Every fault is named at once. */
export const subgraphUrls = z.string().transform((text, context): SubgraphUrls => {
  const fault = (message: string) => context.addIssue({ code: 'custom', message });
  const urls = new Map<string, string>();
  for (const entry of text.split(',').map((part) => part.trim())) {
    const [, name, address] = /^([a-z]+)=(.+)$/.exec(entry) ?? [];
    if (name === undefined || address === undefined) {
      fault('must be entries like accounts=http://127.0.0.1:4101, joined by commas');
      continue;
    }
    const url = originOf(address);
    if (!(SUBGRAPH_NAMES as readonly string[]).includes(name)) fault(`names ${name}, which is no subgraph`);
    else if (urls.has(name)) fault(`names ${name} twice`);
    else if (url === null) fault(`needs for ${name} an address like http://127.0.0.1:4101, without a path`);
    urls.set(name, url ?? '');
  }
  const missing = SUBGRAPH_NAMES.filter((name) => !urls.has(name));
  if (missing.length > 0) fault(`lacks ${missing.join(', ')}: name all ${SUBGRAPH_NAMES.length} subgraphs or none`);
  return Object.fromEntries(urls) as SubgraphUrls;
});

/** "new,old": signs with the first, accepts all. */
export const subgraphSecrets = z
  .string()
  .transform((text) => text.split(',').map((secret) => secret.trim()))
  .refine((secrets) => secrets.length <= 3, 'must be at most three secrets, joined by commas, the newest first')
  .refine(
    (secrets) => secrets.every((secret) => secret.length >= MIN_SECRET),
    `must be secrets of at least ${MIN_SECRET} characters (openssl rand -base64 32)`,
  );

function originOf(text: string): string | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  const plain =
    url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  return plain && /^https?:$/.test(url.protocol) ? url.origin : null;
}

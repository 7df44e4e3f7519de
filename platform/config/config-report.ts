import type { Config } from './config';

/** What a setting may hold that must not be read in a log: everything of it but where it points. */
const SECRET = /secret|password|token/i;

/** The settings in effect, by name, ready for a log line: of an address only scheme and host, of a secret only that it is set. */
export function configReport(config: Config): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [name, shown(name, value)]));
}

function shown(name: string, value: unknown): string {
  if (value === null || value === undefined) return 'not set';
  if (SECRET.test(name)) return 'set';
  if (typeof value === 'string') return withoutCredentials(value);
  if (typeof value === 'object') {
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    return entries.map(([key, inner]) => `${key}=${shown(String(key), inner)}`).join(', ') || 'none';
  }
  return String(value);
}

/** A connection string's user, password, path and parameters stay out. */
function withoutCredentials(text: string): string {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(text) ?? [];
  if (scheme === undefined || rest === undefined) return text;
  const authority = rest.split(/[/?#]/, 1)[0] ?? '';
  return `${scheme}://${authority.slice(authority.lastIndexOf('@') + 1)}`;
}

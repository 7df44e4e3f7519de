import { mkdirSync } from 'node:fs';
import path from 'node:path';

/** Notes a fault where the two differ, both as JSON. */
export function expectEqual(faults: string[], what: string, actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) faults.push(`${what}: ${a}, not ${b}`);
}

/** Where a picture for people to look at is kept. */
export function shot(name: string): string {
  const folder = path.join(process.cwd(), '.proof', 'embeds');
  mkdirSync(folder, { recursive: true });
  return path.join(folder, `${name}.png`);
}

import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Everything in one process, or each part a process of its own. */
export const PROOF_SHAPES = ['embedded', 'distributed'] as const;
export type ProofShape = (typeof PROOF_SHAPES)[number];

/** The processes of a distributed installation, as its supervisor names them. */
export function processesOf(
  dataDir: string,
): Readonly<Record<string, { readonly pid: number; readonly url?: string }>> {
  try {
    return JSON.parse(readFileSync(path.join(dataDir, 'processes.json'), 'utf8'));
  } catch {
    return {};
  }
}

/** kill -9 for every process of a distributed installation, the supervisor first: it would start the others again. */
export function killEverything(dataDir: string): void {
  for (const { pid } of Object.values(processesOf(dataDir))) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }
}

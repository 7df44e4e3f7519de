import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Log } from '../logging/log';

/** Secrets of this installation, by name: made on first use, kept in `DATA_DIR/secrets` readable by its owner only. */
export interface SecretStore {
  /** The secret's text; `make` creates it when it does not exist yet (default: 32 random bytes in base64). */
  get(name: string, make?: () => string): string;
}

const NAME = /^[a-z0-9-]+$/;

export class FileSecretStore implements SecretStore {
  private readonly known = new Map<string, string>();
  private readonly folder: string;

  constructor(
    dataDir: string,
    private readonly log: Log,
  ) {
    this.folder = path.join(dataDir, 'secrets');
  }

  get(name: string, make: () => string = randomSecret): string {
    if (!NAME.test(name)) throw new Error(`"${name}" is not a name for a secret.`);
    const value = this.known.get(name) ?? this.read(name) ?? this.create(name, make());
    this.known.set(name, value);
    return value;
  }

  private read(name: string): string | null {
    try {
      return readFileSync(this.file(name), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  private create(name: string, value: string): string {
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    // Whole or not at all: a process that starts at the same time must not read half a secret.
    const draft = `${this.file(name)}.${process.pid}`;
    writeFileSync(draft, value, { mode: 0o600 });
    try {
      linkSync(draft, this.file(name));
    } catch (error) {
      // Another process was first: its secret is the secret.
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return readFileSync(this.file(name), 'utf8');
      throw error;
    } finally {
      rmSync(draft, { force: true });
    }
    this.log.info(
      { secret: name, file: this.file(name) },
      'A new secret was generated; keep this file, and back it up.',
    );
    return value;
  }

  private file(name: string): string {
    return path.join(this.folder, name);
  }
}

/** Secrets that live as long as the value; for tests. */
export class MemorySecretStore implements SecretStore {
  private readonly known = new Map<string, string>();

  get(name: string, make: () => string = randomSecret): string {
    const value = this.known.get(name) ?? make();
    this.known.set(name, value);
    return value;
  }
}

function randomSecret(): string {
  return randomBytes(32).toString('base64');
}

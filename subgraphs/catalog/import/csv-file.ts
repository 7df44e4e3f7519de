import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';

/** The file as a whole cannot be used; the message says why and what to do. */
export class ImportFileError extends Error {
  override readonly name = 'ImportFileError';
}

/** One record. `row` counts as a spreadsheet does: the header is row 1. */
export interface CsvRecord {
  readonly row: number;
  readonly values: readonly string[];
  /** Why nothing after this record can be read; its values are those before the fault. */
  readonly broken: string | null;
}

export interface CsvFile {
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 of the file as it lies on disk. */
  readonly digest: string;
  readonly header: readonly string[];
  /** Records after the header. `onBytes` hears how many bytes of the file have been read so far. */
  records(onBytes: (bytes: number) => void): AsyncGenerator<CsvRecord>;
}

/** A record longer than this means a quote that is never closed. */
const MAX_RECORD = 4_000_000;

/** Opens a CSV file in UTF-8, gzipped or not. Throws ImportFileError when there is none to be read. */
export async function openCsv(path: string, requiredColumns: readonly string[]): Promise<CsvFile> {
  const { bytes, gzipped } = await inspect(path);
  const records = (onBytes: (bytes: number) => void) => readRecords(path, gzipped, onBytes);
  const first = await firstRecord(records, path);
  const header = first.map((name) => name.trim());
  const missing = requiredColumns.filter((column) => !header.includes(column));
  if (missing.length > 0) {
    throw new ImportFileError(
      `${path} lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}. Its first row must name the columns, separated by commas, in UTF-8.`,
    );
  }
  const twice = header.find((name, index) => name !== '' && header.indexOf(name) !== index);
  if (twice !== undefined) throw new ImportFileError(`${path} has the column ${twice} twice. Remove one of them.`);
  return {
    path,
    bytes,
    digest: await digestOf(path),
    header,
    async *records(onBytes) {
      for await (const record of records(onBytes)) if (record.row > 1) yield record;
    },
  };
}

async function inspect(path: string): Promise<{ bytes: number; gzipped: boolean }> {
  let file: FileHandle | null = null;
  try {
    file = await open(path);
    const about = await file.stat();
    if (!about.isFile()) throw new ImportFileError(`${path} is not a file. Name a .csv or .csv.gz file.`);
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return { bytes: about.size, gzipped: buffer[0] === 0x1f && buffer[1] === 0x8b };
  } catch (error) {
    throw fileError(path, error);
  } finally {
    await file?.close();
  }
}

async function* readRecords(
  path: string,
  gzipped: boolean,
  onBytes: (bytes: number) => void,
): AsyncGenerator<CsvRecord> {
  const source = createReadStream(path);
  let bytes = 0;
  source.on('data', (chunk) => {
    bytes += chunk.length;
    onBytes(bytes);
  });
  const parser = parse({
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_RECORD,
  });
  const text: Readable = gzipped ? source.pipe(createGunzip()) : source;
  for (const stage of new Set<Readable>([source, text])) stage.on('error', (error) => parser.destroy(error));
  text.pipe(parser);
  let row = 0;
  try {
    for await (const values of parser as AsyncIterable<string[]>) {
      row += 1;
      yield { row, values, broken: null };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw fileError(path, error);
    const begun: unknown = error['record'];
    const values = Array.isArray(begun) ? begun.map(String) : [];
    yield { row: row + 1, values, broken: brokenText(error) };
  } finally {
    source.destroy();
  }
}

function brokenText(error: CsvError): string {
  if (error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE') {
    return 'A quote is opened and never closed, so nothing after it can be told apart.';
  }
  return `The text cannot be read as CSV from here on (${error.code}).`;
}

async function firstRecord(
  records: (onBytes: (bytes: number) => void) => AsyncGenerator<CsvRecord>,
  path: string,
): Promise<readonly string[]> {
  for await (const { values } of records(() => undefined)) return values;
  throw new ImportFileError(`${path} is empty. Its first row must name the columns.`);
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (error) {
    throw fileError(path, error);
  }
  return hash.digest('hex');
}

function fileError(path: string, error: unknown): Error {
  if (error instanceof ImportFileError) return error;
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  if (code === 'ENOENT') return new ImportFileError(`There is no file ${path}. Check the path.`);
  if (code === 'EACCES' || code === 'EPERM') {
    return new ImportFileError(`${path} may not be read by this user. Change its permissions.`);
  }
  if (code === 'EISDIR') return new ImportFileError(`${path} is a folder. Name a .csv or .csv.gz file.`);
  if (code.startsWith('Z_') || code === 'ERR_BUFFER_TOO_LARGE') {
    return new ImportFileError(`${path} is not a whole gzip file (${code}). Copy it again.`);
  }
  return new ImportFileError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
}

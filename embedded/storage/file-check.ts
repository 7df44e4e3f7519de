import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

/** lmdb maps the file and trusts it: reading past a cut end would kill the process, so this is looked at first. */
const MAGIC = 0xbeefc0de;
const HEADER = 24;
const SMALLEST_PAGE = 4096;
const BRANCH_PAGE = 1;
const NO_PAGE = 0xffffffffffffffffn;

interface Meta {
  readonly pageSize: number;
  readonly roots: readonly bigint[];
  readonly lastPage: bigint;
  readonly transaction: bigint;
}

/** What is wrong with an LMDB file, in words, or null. A missing or empty file is a new one. */
export function findDamage(path: string): string | null {
  if (!existsSync(path)) return null;
  const file = openSync(path, 'r');
  try {
    return damageOf(file);
  } finally {
    closeSync(file);
  }
}

function damageOf(file: number): string | null {
  const { size } = fstatSync(file);
  if (size === 0) return null;
  if (size < 2 * SMALLEST_PAGE) return `it ends after ${size} bytes`;
  const first = readMeta(file, 0);
  const second = first === null ? null : readMeta(file, first.pageSize);
  if (first === null || second === null) return 'its first pages are not those of an LMDB file';
  const newest = first.transaction > second.transaction ? first : second;
  const needed = Number(newest.lastPage + 1n) * newest.pageSize;
  // The last pages may never have been written because they were freed again: only what is in use counts.
  if (size >= needed || newest.roots.every((root) => reaches(file, size, newest.pageSize, root))) return null;
  return `it ends after ${size} bytes of about ${needed}`;
}

function readMeta(file: number, at: number): Meta | null {
  const page = Buffer.alloc(SMALLEST_PAGE);
  readSync(file, page, 0, page.length, at);
  if (page.readUInt32LE(HEADER) !== MAGIC) return null;
  const pageSize = page.readUInt32LE(0x30);
  if (pageSize < 512 || pageSize > 65536 || (pageSize & (pageSize - 1)) !== 0) return null;
  return {
    pageSize,
    roots: [page.readBigUInt64LE(0x58), page.readBigUInt64LE(0x88)],
    lastPage: page.readBigUInt64LE(0x90),
    transaction: page.readBigUInt64LE(0x98),
  };
}

/** Whether every page below this one lies inside the file. */
function reaches(file: number, size: number, pageSize: number, page: bigint): boolean {
  if (page === NO_PAGE) return true;
  const at = Number(page) * pageSize;
  if (at + pageSize > size) return false;
  const bytes = Buffer.alloc(pageSize);
  readSync(file, bytes, 0, pageSize, at);
  if ((bytes.readUInt16LE(0x12) & BRANCH_PAGE) === 0) return true;
  const nodes = (bytes.readUInt16LE(0x14) - HEADER) >> 1;
  for (let i = 0; i < nodes; i++) {
    const node = bytes.readUInt16LE(HEADER + i * 2);
    const child = BigInt(bytes.readUInt32LE(node)) | (BigInt(bytes.readUInt16LE(node + 4)) << 32n);
    if (!reaches(file, size, pageSize, child)) return false;
  }
  return true;
}

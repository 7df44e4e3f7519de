import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

/** lmdb maps the file and trusts it: a cut or overwritten file would kill the process, so this is looked at first. */
const MAGIC = 0xbeefc0de;
const HEADER = 24;
const SMALLEST_PAGE = 4096;
const BRANCH_PAGE = 1;
const LEAF_PAGE = 2;
const NO_PAGE = 0xffffffffffffffffn;

/** Looking at more pages than this would delay the start of a large database too much. */
const MOST_PAGES = 5_000;

interface Meta {
  readonly pageSize: number;
  readonly roots: readonly bigint[];
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
  const budget = { pages: MOST_PAGES };
  for (const root of newest.roots) {
    const damage = damageBelow({ file, size, pageSize: newest.pageSize, budget }, root);
    if (damage !== null) return damage;
  }
  return null;
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
    transaction: page.readBigUInt64LE(0x98),
  };
}

interface Walk {
  readonly file: number;
  readonly size: number;
  readonly pageSize: number;
  readonly budget: { pages: number };
}

/** Every page carries its own number and its kind; one that does not is not what was written there. */
function damageBelow(walk: Walk, page: bigint): string | null {
  if (page === NO_PAGE || walk.budget.pages-- <= 0) return null;
  const at = Number(page) * walk.pageSize;
  if (at + walk.pageSize > walk.size) return `it ends after ${walk.size} bytes, but page ${page} belongs to it`;
  const bytes = Buffer.alloc(walk.pageSize);
  readSync(walk.file, bytes, 0, walk.pageSize, at);
  const kind = bytes.readUInt16LE(0x12) & (BRANCH_PAGE | LEAF_PAGE);
  // The list of nodes and their places are counted from the end of the header.
  const nodes = bytes.readUInt16LE(0x14) >> 1;
  if (
    bytes.readBigUInt64LE(0) !== page ||
    (kind !== BRANCH_PAGE && kind !== LEAF_PAGE) ||
    HEADER + nodes * 2 > walk.pageSize
  )
    return `page ${page} was overwritten`;
  if (kind === LEAF_PAGE) return null;
  for (let i = 0; i < nodes; i++) {
    const node = HEADER + bytes.readUInt16LE(HEADER + i * 2);
    if (node + 8 > walk.pageSize) return `page ${page} was overwritten`;
    const child = BigInt(bytes.readUInt32LE(node)) | (BigInt(bytes.readUInt16LE(node + 4)) << 32n);
    const damage = damageBelow(walk, child);
    if (damage !== null) return damage;
  }
  return null;
}

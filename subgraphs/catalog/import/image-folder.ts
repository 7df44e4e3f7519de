import { copyFile, mkdir, open, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { imageSize } from 'image-size';
import type { Picture } from '../product/product';
import type { ImageDraft } from './product-rows';

/** Pictures a browser shows without running anything in them. */
const SHOWN = new Set(['.jpg', '.jpeg', '.png', '.gif', '.webp', '.avif']);
const URL_PREFIX = '/images/';

/** What was found of an image: its address here and its size in pixels. */
export interface StoredImage {
  readonly url: string;
  readonly width: number | null;
  readonly height: number | null;
}

/** A folder of image files that an import file refers to, copied into this installation as they are met. */
export class ImageFolder {
  private readonly seen = new Map<string, Promise<StoredImage | null>>();
  private copied = 0;

  /** `source` null: there is no folder and every reference stays as given. `target`: DATA_DIR/images. */
  constructor(
    private readonly source: string | null,
    private readonly target: string,
  ) {}

  /** How many files are here because of this import. */
  get count(): number {
    return this.copied;
  }

  /** The file behind a reference, or null when there is none. Each is looked at once. */
  find(src: string): Promise<StoredImage | null> {
    const known = this.seen.get(src) ?? this.store(src);
    this.seen.set(src, known);
    return known;
  }

  /** The picture of a reference; what an earlier import knew of it stays when this one has no file. */
  async picture(image: ImageDraft, known: Picture | undefined): Promise<Picture> {
    const stored = (await this.find(image.src)) ?? known ?? { url: image.src, width: null, height: null };
    const { url, width, height } = stored;
    return { src: image.src, altText: image.altText, url, width, height };
  }

  private async store(src: string): Promise<StoredImage | null> {
    if (this.source === null || /^[a-z][a-z0-9+.-]*:/i.test(src)) return null;
    const folder = await realpath(this.source);
    for (const relative of candidates(src, path.basename(folder))) {
      const file = await realpath(path.join(folder, relative)).catch(() => null);
      // A reference may not lead out of the folder, by dots or by links.
      if (file === null || !file.startsWith(folder + path.sep) || !(await stat(file)).isFile()) continue;
      const target = path.join(this.target, relative);
      await mkdir(path.dirname(target), { recursive: true });
      if (!(await isCurrent(file, target))) await copyFile(file, target);
      this.copied += 1;
      const url = URL_PREFIX + relative.split('/').map(encodeURIComponent).join('/');
      return { url, ...(await sizeOf(file)) };
    }
    return null;
  }
}

/** Where in the folder a reference may point: as it stands, or without the folder's own name in front. */
function candidates(src: string, folderName: string): string[] {
  const relative = path.posix.normalize(src.replaceAll('\\', '/')).replace(/^\/+/, '');
  if (relative.startsWith('..') || !SHOWN.has(path.posix.extname(relative).toLowerCase())) return [];
  const own = `${folderName}/`;
  return relative.startsWith(own) ? [relative, relative.slice(own.length)] : [relative];
}

async function isCurrent(file: string, target: string): Promise<boolean> {
  const [source, present] = await Promise.all([stat(file), stat(target).catch(() => null)]);
  return present !== null && present.size === source.size && present.mtimeMs >= source.mtimeMs;
}

const HEAD_BYTES = 512 * 1024;

/** Pixels from the head of the file; nulls when it is no image that can be read. */
async function sizeOf(file: string): Promise<{ width: number | null; height: number | null }> {
  try {
    return sizeIn(await readHead(file));
  } catch {
    try {
      return sizeIn(await readFile(file));
    } catch {
      return { width: null, height: null };
    }
  }
}

function sizeIn(bytes: Buffer): { width: number; height: number } {
  const { width, height, orientation } = imageSize(bytes);
  // Cameras turn pictures by a note: from 5 on they stand on their side.
  return (orientation ?? 1) >= 5 ? { width: height, height: width } : { width, height };
}

async function readHead(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const buffer = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

import { createHash } from 'node:crypto';
import path from 'node:path';
import type { ClientSession } from 'mongoose';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { Refusal } from '../../../platform/user-errors/refusal';
import { pathKey } from '../category/category';
import type { CategoryService } from '../category/category.service';
import type { Picture } from '../product/product';
import { HandleTakenError, type ProductStore, StaleProductError } from '../product/product.model';
import { type Decision, decideChange, type WantedProduct, type WholeProduct } from '../product/product-change';
import type { ProductWriter } from '../product/product-writer';
import type { StockService } from '../stock/stock.service';
import { COLUMN, REQUIRED_COLUMNS } from './columns';
import { type CsvFile, openCsv } from './csv-file';
import { ImageFolder } from './image-folder';
import { type ImportCounts, type ImportRun, type ImportRunStore, NO_COUNTS } from './import-run.model';
import type { ImportStock, StockPlan } from './import-stock';
import { type ParsedProduct, type ProductDraft, parseProduct } from './product-rows';
import type { RowRefusal } from './row';
import { groupRows } from './row-groups';

export interface ProductImportOptions {
  readonly file: string;
  readonly currencyCode: string;
  /** Stock of new variants whose quantity the file leaves open. */
  readonly defaultStock: number;
  /** Folder of the image files that the file refers to; null when there is none. */
  readonly images: string | null;
  /** Name of the location that holds the stock; made when there is none of that name. */
  readonly location: string;
}

export interface ImportProgress {
  readonly bytes: number;
  readonly totalBytes: number;
  readonly products: number;
}

export interface ProductImportSummary extends ImportCounts {
  /** Whether it went on where an earlier run of the same file and options had ended. */
  readonly resumed: boolean;
  readonly rows: number;
  readonly products: number;
  readonly refusedProducts: number;
  /** Image files found in the folder. */
  readonly images: number;
  /** In the order of rows. */
  readonly refusals: readonly RowRefusal[];
}

const BATCH = 100;
const MAX_TRIES = 5;

interface Batch {
  readonly drafts: ProductDraft[];
  groups: number;
}

/** Brings a Shopify product CSV in: the same file twice changes nothing, an interrupted one goes on where it was. */
export class ProductImportService {
  constructor(
    private readonly kernel: Kernel,
    private readonly products: ProductStore,
    private readonly writer: ProductWriter,
    private readonly categories: CategoryService,
    private readonly stock: StockService,
    private readonly importStock: ImportStock,
    private readonly runs: ImportRunStore,
  ) {}

  /** Throws ImportFileError when the file cannot be used at all. */
  async run(
    options: ProductImportOptions,
    onProgress: (progress: ImportProgress) => void = () => undefined,
  ): Promise<ProductImportSummary> {
    const file = await openCsv(options.file, REQUIRED_COLUMNS);
    const id = runId(file, options);
    const earlier = await this.runs.find(id);
    const resumed = earlier !== null && !earlier.complete && earlier.groups > 0;
    let run: ImportRun = resumed ? earlier : { id, groups: 0, counts: NO_COUNTS, refusals: [], complete: false };
    const skipped = run.groups;
    const location = await this.stock.ensureLocation(options.location);
    const images = new ImageFolder(options.images, path.join(this.kernel.config.dataDir, 'images'));
    const context: BatchContext = { options, images, locationId: location.id };

    const rowFaults: RowRefusal[] = [];
    const refusedHandles = new Set<string>();
    let rows = 0;
    let groups = 0;
    let bytes = 0;
    let batch: Batch = { drafts: [], groups: 0 };
    const flush = async (): Promise<void> => {
      if (batch.groups > 0) run = await this.importBatch(batch, run, context);
      batch = { drafts: [], groups: 0 };
      onProgress({ bytes, totalBytes: file.bytes, products: groups });
    };
    const records = file.records((read) => {
      bytes = read;
    });
    for await (const group of groupRows(file.header, records)) {
      groups += 1;
      rows += group.rows.length;
      const parsed: ParsedProduct =
        group.refusals.length > 0
          ? { kind: 'REFUSED', refusals: group.refusals }
          : parseProduct(group.rows, options.currencyCode);
      if (parsed.kind === 'REFUSED') {
        rowFaults.push(...parsed.refusals);
        refusedHandles.add(`${group.handle}:${group.rows[0]?.row}`);
      }
      // What an earlier run has written is read again only for what was wrong with it.
      if (groups <= skipped) continue;
      batch.groups += 1;
      if (parsed.kind === 'PRODUCT') batch.drafts.push(parsed.draft);
      if (batch.groups >= BATCH) await flush();
    }
    await flush();
    await this.runs.save(null, { ...run, complete: true }, this.kernel.clock.now());
    return {
      ...run.counts,
      resumed,
      rows,
      products: groups,
      refusedProducts: refusedHandles.size + new Set(run.refusals.map(({ handle }) => handle)).size,
      images: images.count,
      refusals: [...rowFaults, ...run.refusals].sort((a, b) => a.row - b.row),
    };
  }

  private async importBatch(batch: Batch, run: ImportRun, context: BatchContext): Promise<ImportRun> {
    const categories = await this.categories.ensure(
      batch.drafts.map(({ category }) => category).filter((levels) => levels.length > 0),
    );
    const categoryIdOf = ({ category }: ProductDraft): string | null =>
      categories.get(pathKey(category.map(({ name }) => name)))?.id ?? null;
    // The files are looked at before the transaction, which only meets what is known of them.
    for (const draft of batch.drafts) for (const src of sourcesOf(draft)) await context.images.find(src);
    for (let attempt = 1; ; attempt += 1) {
      try {
        const next = await this.kernel.database.transaction((session) =>
          this.writeBatch(session, batch, run, context, categoryIdOf),
        );
        this.kernel.outbox.notify();
        return next;
      } catch (error) {
        // Someone else changed or made one of these products meanwhile: read and decide again.
        const met = error instanceof StaleProductError || error instanceof HandleTakenError;
        if (!met || attempt >= MAX_TRIES) throw error;
      }
    }
  }

  private async writeBatch(
    session: ClientSession,
    batch: Batch,
    run: ImportRun,
    context: BatchContext,
    categoryIdOf: (draft: ProductDraft) => string | null,
  ): Promise<ImportRun> {
    const now = this.kernel.clock.now();
    const whole = await this.readWhole(session, batch.drafts);
    const stock = await this.importStock.plan(
      session,
      [...whole.values()].flatMap(({ variants }) => variants),
      { ...context, defaultStock: context.options.defaultStock, runId: run.id },
    );
    const decisions: Decision[] = [];
    const refusals: RowRefusal[] = [];
    const counts = { ...run.counts };
    for (const draft of batch.drafts) {
      const current = whole.get(draft.content.handle) ?? null;
      const wanted = await toWanted(draft, categoryIdOf(draft), current, context.images);
      const outcome = this.decide(draft, wanted, current, stock, now);
      if ('row' in outcome) {
        refusals.push(outcome);
        continue;
      }
      const { decision, stockChanged } = outcome;
      decisions.push(decision);
      counts.variants += draft.variants.length;
      if (!current) counts.created += 1;
      else if (decision.change || stockChanged) counts.updated += 1;
      else counts.unchanged += 1;
    }
    await this.writer.write(
      session,
      decisions.flatMap(({ change }) => change ?? []),
    );
    await this.importStock.write(session, stock);
    const next = {
      ...run,
      groups: run.groups + batch.groups,
      counts,
      refusals: [...run.refusals, ...refusals],
    };
    await this.runs.save(session, next, now);
    return next;
  }

  private decide(
    draft: ProductDraft,
    wanted: WantedProduct,
    current: WholeProduct | null,
    stock: StockPlan,
    now: Date,
  ): RowRefusal | { readonly decision: Decision; readonly stockChanged: boolean } {
    try {
      const decision = decideChange(current, wanted, { now, newId: this.kernel.newId });
      const outcome = stock.set(draft, decision);
      return typeof outcome === 'boolean' ? { decision, stockChanged: outcome } : outcome;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { row, content } = draft;
      return {
        row,
        handle: content.handle,
        column: COLUMN.price,
        value: '',
        problem: error.message,
        remedy: 'Import the file with the currency of the product, or change the other variants first.',
      };
    }
  }

  private async readWhole(
    session: ClientSession,
    drafts: readonly ProductDraft[],
  ): Promise<ReadonlyMap<string, WholeProduct>> {
    const handles = drafts.map(({ content }) => content.handle);
    const products = handles.length > 0 ? await this.products.findByHandles(handles, session) : [];
    const ids = products.map(({ id }) => id);
    const variants = ids.length > 0 ? await this.products.findVariantsOf(ids, session) : [];
    return new Map(
      products.map((product) => [
        product.handle,
        { product, variants: variants.filter(({ productId }) => productId === product.id) },
      ]),
    );
  }
}

interface BatchContext {
  readonly options: ProductImportOptions;
  readonly images: ImageFolder;
  readonly locationId: string;
}

function runId(file: CsvFile, options: ProductImportOptions): string {
  const { file: _path, ...rest } = options;
  return createHash('sha256')
    .update(JSON.stringify([file.digest, Object.entries(rest).sort()]))
    .digest('base64url');
}

function sourcesOf(draft: ProductDraft): string[] {
  return [...draft.images.map(({ src }) => src), ...draft.variants.flatMap(({ imageSrc }) => imageSrc ?? [])];
}

async function toWanted(
  draft: ProductDraft,
  categoryId: string | null,
  current: WholeProduct | null,
  folder: ImageFolder,
): Promise<WantedProduct> {
  const known = new Map<string, Picture>();
  for (const { image } of current?.variants ?? []) if (image) known.set(image.src, image);
  for (const image of current?.product.images ?? []) known.set(image.src, image);
  const images: Picture[] = [];
  for (const image of draft.images) images.push(await folder.picture(image, known.get(image.src)));
  const variants: WantedProduct['variants'][number][] = [];
  for (const { imageSrc, quantity: _quantity, row: _row, ...variant } of draft.variants) {
    const altText = images.find(({ src }) => src === imageSrc)?.altText ?? null;
    const image = imageSrc === null ? null : await folder.picture({ src: imageSrc, altText }, known.get(imageSrc));
    variants.push({ ...variant, image });
  }
  return { content: { ...draft.content, categoryId, images }, variants };
}

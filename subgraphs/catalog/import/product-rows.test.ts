import { parsedFrom } from './testing';

const HEADER =
  'Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Grams,Variant Inventory Qty,Variant Price,Variant Compare At Price,Variant Currency,Image Src,Image Position,Image Alt Text,Variant Image,Status,Gift Card,Variant Taxable,My Column';

type Cells = Record<string, string>;

/** Rows as CSV under the header above, from the cells that are not empty. */
function csv(...rows: Cells[]): string {
  const quote = (text: string) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const columns = HEADER.split(',');
  return [HEADER, ...rows.map((cells) => columns.map((column) => quote(cells[column] ?? '')).join(','))].join('\n');
}

const hoodie: Cells = {
  Handle: 'hoodie',
  Title: 'Hoodie',
  Vendor: 'Luma',
  'Product Category': 'Men > Tops',
  'Option1 Name': 'Size',
  'Option1 Value': 'S',
  'Option2 Name': 'Color',
  'Option2 Value': 'Red',
  'Variant SKU': 'H-S',
  'Variant Price': '52',
  Status: 'active',
};

async function draftOf(...rows: Cells[]) {
  const [parsed] = await parsedFrom(csv(...rows));
  if (parsed?.kind !== 'PRODUCT') throw new Error(JSON.stringify(parsed));
  return parsed.draft;
}

async function refusalsOf(...rows: Cells[]) {
  const [parsed] = await parsedFrom(csv(...rows));
  if (parsed?.kind !== 'REFUSED') throw new Error('It was not refused.');
  return parsed.refusals.map(({ row, column, value, problem }) => ({ row, column, value, problem }));
}

describe('reading the rows of a product', () => {
  it('should read a product of one row', async () => {
    const draft = await draftOf({
      Handle: 'milk',
      Title: 'Milk, "fresh"',
      'Body (HTML)': '<p>White.\nCold.</p>',
      Tags: 'cold, dairy ,,cold',
      'Variant Price': '10.50',
      'Variant Compare At Price': '12',
      'Variant Grams': '946.5',
      'Variant Inventory Qty': '7',
    });
    expect(draft.content).toMatchObject({
      handle: 'milk',
      title: 'Milk, "fresh"',
      descriptionHtml: '<p>White.\nCold.</p>',
      vendor: null,
      tags: ['cold', 'dairy', 'cold'],
      status: 'ACTIVE',
      published: true,
      optionNames: ['Title'],
    });
    expect(draft.variants).toMatchObject([
      {
        row: 2,
        sku: null,
        optionValues: ['Default Title'],
        price: { minor: 1050, currencyCode: 'HKD' },
        compareAtPrice: { minor: 1200, currencyCode: 'HKD' },
        grams: 946.5,
        quantity: 7,
      },
    ]);
  });

  it('should gather variants, options and pictures over several rows', async () => {
    const draft = await draftOf(
      { ...hoodie, 'Image Src': 'b.jpg', 'Image Position': '2', 'Variant Image': 'a.jpg' },
      {
        Handle: 'hoodie',
        'Option1 Value': 'M',
        'Option2 Value': 'Red',
        'Variant SKU': 'H-M',
        'Variant Price': '54',
        'Image Src': 'a.jpg',
        'Image Position': '1',
        'Image Alt Text': 'Front',
      },
      { Handle: 'hoodie', 'Image Src': 'c.jpg', 'Image Position': '3' },
    );
    expect(draft.content.optionNames).toEqual(['Size', 'Color']);
    expect(draft.variants.map(({ sku, optionValues, imageSrc }) => [sku, optionValues, imageSrc])).toEqual([
      ['H-S', ['S', 'Red'], 'a.jpg'],
      ['H-M', ['M', 'Red'], null],
    ]);
    expect(draft.images).toEqual([
      { src: 'a.jpg', altText: 'Front' },
      { src: 'b.jpg', altText: null },
      { src: 'c.jpg', altText: null },
    ]);
    expect(draft.category.map(({ name }) => name)).toEqual(['Men', 'Tops']);
  });

  it('should carry columns it does not know', async () => {
    const draft = await draftOf(
      { ...hoodie, 'Gift Card': 'FALSE', 'Variant Taxable': 'TRUE', 'My Column': 'x' },
      { Handle: 'hoodie', 'Option1 Value': 'M', 'Option2 Value': 'Red', 'Variant Price': '1', 'My Column': 'y' },
    );
    expect(draft.content.foreign).toEqual([
      { column: 'Gift Card', value: 'FALSE' },
      { column: 'My Column', value: 'x' },
    ]);
    expect(draft.variants.map(({ foreign }) => foreign)).toEqual([
      [{ column: 'Variant Taxable', value: 'TRUE' }],
      [{ column: 'My Column', value: 'y' }],
    ]);
  });

  it('should take names in other languages from a description that is nothing else', async () => {
    const body = '<p lang="zh-Hans">维记 鲜牛奶</p><p lang="zh-Hant">維記 鮮牛奶</p>';
    const draft = await draftOf({ ...hoodie, 'Body (HTML)': body });
    expect(draft.content.translations).toEqual([
      { language: 'zh-Hans', title: '维记 鲜牛奶' },
      { language: 'zh-Hant', title: '維記 鮮牛奶' },
    ]);
    expect(draft.content.descriptionHtml).toBe(body);
  });

  it.each([
    ['is cut short', '<p lang="zh-Hans">维记 鲜牛奶</p><p lang="zh-Hant">維記 </p>', ['zh-Hans']],
    ['stands beside a description', '<p lang="zh-Hans">维记</p>Fresh.', []],
    ['has markup of its own', '<p lang="zh-Hans"><b>维记</b></p>', []],
    ['is there twice', '<p lang="zh">维记</p><p lang="zh">維記</p>', []],
  ])('should not take a name that %s', async (_case, body, languages) => {
    const { content } = await draftOf({ ...hoodie, 'Body (HTML)': body });
    expect(content.translations.map(({ language }) => language)).toEqual(languages);
  });

  it('should take the currency of a row before that of the import', async () => {
    const { variants } = await draftOf(
      { ...hoodie, 'Variant Currency': 'USD' },
      { Handle: 'hoodie', 'Option1 Value': 'M', 'Option2 Value': 'Red', 'Variant SKU': 'H-M', 'Variant Price': '52' },
    );
    expect(variants.map(({ price }) => price)).toEqual([
      { minor: 5200, currencyCode: 'USD' },
      { minor: 5200, currencyCode: 'HKD' },
    ]);
    expect(await refusalsOf({ ...hoodie, 'Variant Currency': 'dollars' })).toMatchObject([
      { column: 'Variant Currency', value: 'dollars' },
    ]);
  });

  it('should read draft, archived and unpublished', async () => {
    expect((await draftOf({ ...hoodie, Status: 'Draft', Published: 'false' })).content).toMatchObject({
      status: 'DRAFT',
      published: false,
    });
    expect((await draftOf({ ...hoodie, Status: 'archived' })).content.status).toBe('ARCHIVED');
  });
});

describe('refusing a product', () => {
  it.each([
    ['a missing title', { Title: '' }, 'Title', '', 'The product has no title.'],
    ['a price in words', { 'Variant Price': 'HK$10' }, 'Variant Price', 'HK$10', '"HK$10" is not a decimal amount.'],
    [
      'a price with too many digits',
      { 'Variant Price': '1.999' },
      'Variant Price',
      '1.999',
      'HKD has 2 decimal digits; "1.999" has more.',
    ],
    ['a negative price', { 'Variant Price': '-1' }, 'Variant Price', '-1', 'A price cannot be negative.'],
    ['no price', { 'Variant Price': '' }, 'Variant Price', '', 'The variant has no price.'],
    [
      'a bad former price',
      { 'Variant Compare At Price': 'x' },
      'Variant Compare At Price',
      'x',
      '"x" is not a decimal amount.',
    ],
    [
      'a negative quantity',
      { 'Variant Inventory Qty': '-3' },
      'Variant Inventory Qty',
      '-3',
      'A quantity is a whole number of 0 or more.',
    ],
    [
      'a broken quantity',
      { 'Variant Inventory Qty': '1.5' },
      'Variant Inventory Qty',
      '1.5',
      'A quantity is a whole number of 0 or more.',
    ],
    ['a weight in words', { 'Variant Grams': '1 lb' }, 'Variant Grams', '1 lb', 'A weight is a number of grams.'],
    [
      'a bad handle',
      { Handle: 'a b' },
      'Handle',
      'a b',
      'A handle is letters, digits, "-", "_" and ".", at most 255, starting with a letter or digit.',
    ],
    ['an unknown status', { Status: 'gone' }, 'Status', 'gone', 'A status is active, draft or archived.'],
    ['an unknown publication', { Published: 'maybe' }, 'Published', 'maybe', 'Published is TRUE or FALSE.'],
    ['a missing option value', { 'Option2 Value': '' }, 'Option2 Value', '', 'The variant has no Color.'],
    [
      'a bad picture position',
      { 'Image Src': 'a.jpg', 'Image Position': '0' },
      'Image Position',
      '0',
      'A position is a whole number from 1.',
    ],
  ])('should name %s', async (_case, change, column, value, problem) => {
    expect(await refusalsOf({ ...hoodie, ...change })).toEqual([{ row: 2, column, value, problem }]);
  });

  it('should name every fault of all its rows at once', async () => {
    const second = { Handle: 'hoodie', 'Option1 Value': 'M', 'Option2 Value': 'Red', 'Variant Price': 'free' };
    expect(await refusalsOf({ ...hoodie, Title: '', 'Variant Grams': 'x' }, second)).toMatchObject([
      { row: 2, column: 'Variant Grams' },
      { row: 3, column: 'Variant Price' },
      { row: 2, column: 'Title' },
    ]);
  });

  it('should name variants that are the same', async () => {
    expect(await refusalsOf(hoodie, { ...hoodie, Title: '', 'Variant SKU': 'H-X' })).toEqual([
      { row: 3, column: 'Option1 Value', value: 'S', problem: 'Row 2 is S / Red too.' },
    ]);
    expect(await refusalsOf(hoodie, { ...hoodie, Title: '', 'Option1 Value': 'M' })).toEqual([
      { row: 3, column: 'Variant SKU', value: 'H-S', problem: 'Row 2 has this SKU too.' },
    ]);
  });

  it('should name a row that says nothing', async () => {
    expect(await refusalsOf(hoodie, { Handle: 'hoodie' })).toMatchObject([
      { row: 3, column: '', problem: 'The row has a handle and nothing else.' },
    ]);
  });
});

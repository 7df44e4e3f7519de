import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { openCsv } from './csv-file';

describe('opening a CSV file', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'kaituan-csv-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function file(content: string | Buffer): Promise<string> {
    const name = path.join(folder, 'file.csv');
    await writeFile(name, content);
    return name;
  }

  async function records(content: string | Buffer) {
    const csv = await openCsv(await file(content), ['Handle']);
    const found = [];
    for await (const record of csv.records(() => undefined)) found.push(record);
    return { csv, found };
  }

  it('should read quotes, commas and line breaks inside cells, and forget the byte order mark', async () => {
    const { csv, found } = await records('\ufeffHandle,Title\r\na,"One ""quoted"", \nand broken"\r\n\r\nb,5" pipe\r\n');
    expect(csv.header).toEqual(['Handle', 'Title']);
    expect(found).toEqual([
      { row: 2, values: ['a', 'One "quoted", \nand broken'], broken: null },
      { row: 3, values: ['b', '5" pipe'], broken: null },
    ]);
  });

  it('should read gzip by its content, not its name, and tell how far it is', async () => {
    const content = gzipSync('Handle\na\n');
    const csv = await openCsv(await file(content), ['Handle']);
    let read = 0;
    const rows = [];
    for await (const record of csv.records((bytes) => (read = bytes))) rows.push(record.values);
    expect(rows).toEqual([['a']]);
    expect([read, csv.bytes]).toEqual([content.length, content.length]);
  });

  it('should say where a quote is never closed, after everything before it', async () => {
    const { found } = await records('Handle,Title\na,A\nb,"B\nc,C\n');
    expect(found).toMatchObject([
      { row: 2, broken: null },
      { row: 3, broken: 'A quote is opened and never closed, so nothing after it can be told apart.' },
    ]);
  });

  it('should know a file by its content', async () => {
    const one = await openCsv(await file('Handle\na\n'), []);
    const same = await openCsv(await file('Handle\na\n'), []);
    const other = await openCsv(await file('Handle\nb\n'), []);
    expect(one.digest).toBe(same.digest);
    expect(one.digest).not.toBe(other.digest);
  });

  it.each([
    ['lacks the columns Handle, Title', 'a,b\n1,2\n'],
    ['has the column b twice', 'Handle,Title,b,b\n'],
    ['is empty', ''],
    ['is not a whole gzip file', gzipSync('Handle,Title\n'.repeat(1000)).subarray(0, 30)],
  ])('should refuse a file that %s', async (reason, content) => {
    await expect(openCsv(await file(content), ['Handle', 'Title'])).rejects.toThrow(reason);
  });

  it('should refuse what is not there or no file', async () => {
    await expect(openCsv(path.join(folder, 'none.csv'), [])).rejects.toThrow('There is no file');
    await expect(openCsv(folder, [])).rejects.toThrow('is not a file');
  });
});

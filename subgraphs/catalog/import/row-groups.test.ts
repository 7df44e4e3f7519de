import { groupsOf } from './testing';

const HEADER = 'Handle,Title,Variant Price\n';

describe('grouping rows by handle', () => {
  it('should gather rows that follow one another', async () => {
    const groups = await groupsOf(`${HEADER}a,A,1\na,,2\nb,B,3\n`);
    expect(groups.map(({ handle, rows }) => [handle, rows.map(({ row }) => row)])).toEqual([
      ['a', [2, 3]],
      ['b', [4]],
    ]);
    expect(groups.flatMap(({ refusals }) => refusals)).toEqual([]);
  });

  it('should refuse rows of a handle that stand apart, and keep the first ones', async () => {
    const groups = await groupsOf(`${HEADER}a,A,1\nb,B,2\na,A,3\n`);
    expect(groups.map(({ handle, refusals }) => [handle, refusals.length])).toEqual([
      ['a', 0],
      ['b', 0],
      ['a', 1],
    ]);
    expect(groups[2]?.refusals[0]).toEqual({
      row: 4,
      handle: 'a',
      column: 'Handle',
      value: 'a',
      problem: 'Rows of this handle stand apart: the first are at row 2.',
      remedy: 'Put all rows of a product one after another, or give the other product its own handle.',
    });
  });

  it('should refuse the product of a row with too few or too many cells', async () => {
    const groups = await groupsOf(`${HEADER}a,A,1\na,oops\nb,B,2,more\nc,C,3\n`);
    expect(groups.map(({ handle, refusals }) => [handle, refusals.map(({ row, problem }) => [row, problem])])).toEqual([
      ['a', [[3, 'The row has 2 cells, the header 3.']]],
      ['b', [[4, 'The row has 4 cells, the header 3.']]],
      ['c', []],
    ]);
  });

  it('should refuse a row without a handle alone', async () => {
    const groups = await groupsOf(`${HEADER}a,A,1\n,X,2\na,,3\n`);
    expect(groups.find(({ handle }) => handle === '')?.refusals).toMatchObject([{ row: 3, column: 'Handle' }]);
    expect(groups.find(({ handle }) => handle === 'a')).toMatchObject({ rows: [{ row: 2 }, { row: 4 }], refusals: [] });
  });

  it('should refuse text that is not UTF-8', async () => {
    const [group] = await groupsOf(`${HEADER}a,\ufffd\ufffd,1\n`);
    expect(group?.refusals).toMatchObject([{ row: 2, column: 'Title', problem: 'The text is not UTF-8.' }]);
  });
});

import { parseOptions } from '@node-rs/argon2';
import { BoundedWork } from './bounded-work';
import { parseIdentifier } from './identifier';
import { checkPassword } from './password';
import { NOBODYS_HASH, PASSWORD_POLICY, PasswordHashing } from './password-hashing';

const ANN = { kind: 'EMAIL', value: 'annabelle@example.com' } as const;

describe('parseIdentifier', () => {
  it.each([
    [' Ann@Example.COM ', { kind: 'EMAIL', value: 'ann@example.com' }],
    ['ann.lee+shop@mail.example.co.uk', { kind: 'EMAIL', value: 'ann.lee+shop@mail.example.co.uk' }],
    ['小明@例子.公司', { kind: 'EMAIL', value: '小明@例子.公司' }],
    ['+85291234567', { kind: 'PHONE', value: '+85291234567' }],
  ])('should read %p in its one written form', (text, expected) => {
    expect(parseIdentifier(text)).toEqual(expected);
  });

  it.each([
    '',
    'ann',
    'ann@',
    '@example.com',
    'ann@example',
    'a b@example.com',
    'ann@@example.com',
    'ann..lee@example.com',
    '.ann@example.com',
    'ann.@example.com',
    'ann@-example.com',
    'ann@example.com, bob@example.com',
    '"ann"@example.com',
    '91234567',
    '+0123456789',
    '+123456',
    '+1234567890123456',
    '+852 9123 4567',
    `${'a'.repeat(250)}@example.com`,
  ])('should refuse %p', (text) => {
    expect(parseIdentifier(text)).toBeNull();
  });
});

describe('checkPassword', () => {
  it.each(['demo-password-1', '人山人海人山人海', 'a b c d e f', 'Annabelle-7'])('should accept %p', (password) => {
    expect(() => checkPassword(password, ANN, ['password'])).not.toThrow();
  });

  it.each([
    '',
    'short-7',
    '人人人人人人人',
    'password',
    'PassWord1',
    'aaaaaaaaaaaa',
    'annabelle',
    'ANNABELLE@example.com',
  ])('should find %p too weak', (password) => {
    expect(() => checkPassword(password, ANN, ['password'])).toThrow(
      expect.objectContaining({ code: 'PASSWORD_TOO_WEAK', field: ['password'] }),
    );
  });

  it('should find a phone number too weak for its owner', () => {
    const phone = { kind: 'PHONE', value: '+85291234567' } as const;
    for (const password of ['+85291234567', '85291234567']) {
      expect(() => checkPassword(password, phone, [])).toThrow(expect.objectContaining({ code: 'PASSWORD_TOO_WEAK' }));
    }
  });

  it('should refuse a password longer than anyone types', () => {
    expect(() => checkPassword('xy'.repeat(128), ANN, [])).not.toThrow();
    expect(() => checkPassword(`${'xy'.repeat(128)}z`, ANN, [])).toThrow(expect.objectContaining({ code: 'INVALID' }));
  });
});

describe('BoundedWork', () => {
  it('should run two at a time in the order they came, and refuse past its queue', async () => {
    const work = new BoundedWork(2, 3);
    const started: number[] = [];
    const finish: (() => void)[] = [];
    const runs = [0, 1, 2, 3, 4].map((n) =>
      work.run(() => {
        started.push(n);
        return new Promise<number>((resolve) => {
          finish[n] = () => resolve(n);
        });
      }),
    );
    await expect(work.run(() => Promise.resolve(5))).rejects.toMatchObject({ extensions: { code: 'THROTTLED' } });
    expect(started).toEqual([0, 1]);
    finish[1]?.();
    await runs[1];
    expect(started).toEqual([0, 1, 2]);
    for (const n of [0, 2, 3, 4]) {
      finish[n]?.();
      await runs[n];
    }
    await expect(Promise.all(runs)).resolves.toEqual([0, 1, 2, 3, 4]);
    await expect(work.run(() => Promise.resolve('free again'))).resolves.toBe('free again');
  });

  it('should free the place of work that failed', async () => {
    const work = new BoundedWork(1, 0);
    await expect(work.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(work.run(() => Promise.resolve('yes'))).resolves.toBe('yes');
  });
});

describe('PasswordHashing', () => {
  const hashing = new PasswordHashing();

  it('should hash with argon2id at the policy, a salt of its own each time', async () => {
    const [one, two] = await Promise.all([hashing.hash('demo-password-1'), hashing.hash('demo-password-1')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
    await expect(hashing.matches(one, 'demo-password-1')).resolves.toBe(true);
    await expect(hashing.matches(one, 'demo-password-2')).resolves.toBe(false);
  });

  it('should take letters typed in different ways for the same', async () => {
    await expect(hashing.matches(await hashing.hash('cafe\u0301-noir'), 'caf\u00e9-noir')).resolves.toBe(true);
  });

  it('should check nobody at the cost of somebody', async () => {
    const real = parseOptions(await hashing.hash('demo-password-1'));
    expect(parseOptions(NOBODYS_HASH)).toEqual(real);
    expect(real).toMatchObject(PASSWORD_POLICY);
    await expect(hashing.matches(null, 'demo-password-1')).resolves.toBe(false);
  });
});

import mongoose, { type Connection } from 'mongoose';

/**
 * Reads the databases themselves, sharing no code with the services it judges: what must be true of seats, stock,
 * orders and money whatever happened. Answers one sentence per fault.
 */
export async function auditEverything(mongodbUri: string): Promise<string[]> {
  const open = (name: string) => mongoose.createConnection(mongodbUri, { dbName: `kaituan_${name}` }).asPromise();
  const connections = await Promise.all(['accounts', 'catalog', 'orders', 'social'].map(open));
  try {
    const [accounts, catalog, orders, social] = connections as [Connection, Connection, Connection, Connection];
    return [
      ...(await auditLedger(accounts)),
      ...(await auditStock(catalog)),
      ...(await auditGroups(social)),
      ...(await auditOrders(orders, accounts)),
    ];
  } finally {
    await Promise.all(connections.map((connection) => connection.close()));
  }
}

/** Orders that a crash left between two steps and nobody has driven on yet. */
export async function unfinishedOrders(mongodbUri: string): Promise<string[]> {
  const connection = await mongoose.createConnection(mongodbUri, { dbName: 'kaituan_orders' }).asPromise();
  try {
    const left = await all<{ _id: string; status: string; todo: { kind: string }[] }>(connection, 'orders', {
      $or: [{ status: 'PENDING' }, { 'todo.0': { $exists: true } }],
    });
    return left.map(
      ({ _id, status, todo }) => `order ${_id} is ${status} and has yet to do ${todo[0]?.kind ?? 'its placing'}`,
    );
  } finally {
    await connection.close();
  }
}

/** The ledger alone. */
export async function auditLedgerOf(mongodbUri: string): Promise<string[]> {
  const connection = await mongoose.createConnection(mongodbUri, { dbName: 'kaituan_accounts' }).asPromise();
  try {
    return await auditLedger(connection);
  } finally {
    await connection.close();
  }
}

const all = <T>(connection: Connection, collection: string, filter: object = {}): Promise<T[]> =>
  connection.collection(collection).find(filter).toArray() as unknown as Promise<T[]>;

function add(sums: Map<string, bigint>, key: string, amount: bigint): void {
  sums.set(key, (sums.get(key) ?? 0n) + amount);
}

async function auditLedger(accounts: Connection): Promise<string[]> {
  const entries = await all<{ transactionId: string; account: string; minor: number; currencyCode: string }>(
    accounts,
    'ledger_entries',
  );
  const balances = await all<{ account: string; minor: number; currencyCode: string }>(accounts, 'ledger_balances');
  const keys = (await all<{ key: string }>(accounts, 'ledger_transactions')).map(({ key }) => key);
  const transactions = new Map<string, bigint>();
  const folds = new Map<string, bigint>();
  const kept = new Map<string, bigint>();
  for (const entry of entries) {
    add(transactions, `${entry.transactionId} ${entry.currencyCode}`, BigInt(entry.minor));
    add(folds, `${entry.account} ${entry.currencyCode}`, BigInt(entry.minor));
  }
  for (const balance of balances) add(kept, `${balance.account} ${balance.currencyCode}`, BigInt(balance.minor));
  const faults: string[] = [];
  for (const [id, sum] of transactions)
    if (sum !== 0n) faults.push(`ledger: transaction ${id} sums to ${sum}, not zero`);
  for (const account of new Set([...folds.keys(), ...kept.keys()])) {
    const [fold, balance] = [folds.get(account) ?? 0n, kept.get(account) ?? 0n];
    if (fold !== balance) faults.push(`ledger: ${account} keeps ${balance}, its entries add up to ${fold}`);
    if (account.startsWith('wallet:') && balance < 0n) faults.push(`ledger: ${account} is below zero`);
  }
  if (new Set(keys).size !== keys.length) faults.push('ledger: a key was posted twice');
  return faults;
}

async function auditStock(catalog: Connection): Promise<string[]> {
  const levels = await all<{ _id: string; onHand: number; reserved: number; available: number }>(
    catalog,
    'stock_levels',
  );
  const holds = await all<{ allocations: { variantId: string; locationId: string; quantity: number }[] }>(
    catalog,
    'stock_reservations',
    { status: 'HELD' },
  );
  const held = new Map<string, number>();
  for (const { variantId, locationId, quantity } of holds.flatMap(({ allocations }) => allocations)) {
    const level = `${variantId}@${locationId}`;
    held.set(level, (held.get(level) ?? 0) + quantity);
  }
  return levels.flatMap(({ _id, onHand, reserved, available }) => [
    ...(onHand < 0 || reserved < 0 || available < 0 ? [`stock: ${_id} has a number below zero`] : []),
    ...(onHand - reserved === available
      ? []
      : [`stock: ${_id} has ${onHand} - ${reserved}, not ${available} available`]),
    ...(reserved === (held.get(_id) ?? 0)
      ? []
      : [`stock: ${_id} counts ${reserved} reserved, orders hold ${held.get(_id) ?? 0}`]),
  ]);
}

async function auditGroups(social: Connection): Promise<string[]> {
  const groups = await all<{ _id: string; status: string; held: number; paid: number; terms: { size: number } }>(
    social,
    'group_buys',
  );
  const seats = await all<{ groupBuyId: string | null; accountId: string; status: string; live: boolean }>(
    social,
    'group_buy_members',
  );
  const faults: string[] = [];
  const byGroup = new Map<string, typeof seats>();
  for (const seat of seats) {
    if (seat.groupBuyId === null) continue;
    const list = byGroup.get(seat.groupBuyId);
    if (list) list.push(seat);
    else byGroup.set(seat.groupBuyId, [seat]);
  }
  for (const { _id, status, held, paid, terms } of groups) {
    const own = byGroup.get(_id) ?? [];
    const heldSeats = own.filter((seat) => seat.status === 'SEAT_HELD').length;
    const paidSeats = own.filter((seat) => seat.status === 'PAID' || seat.status === 'CONFIRMED').length;
    if (held + paid > terms.size) faults.push(`group ${_id}: ${held} held and ${paid} paid of ${terms.size}`);
    if (held !== heldSeats) faults.push(`group ${_id} (${status}): counts ${held} held, has ${heldSeats}`);
    if (paid !== paidSeats) faults.push(`group ${_id} (${status}): counts ${paid} paid, has ${paidSeats}`);
    const people = own.filter((seat) => seat.live).map((seat) => seat.accountId);
    if (new Set(people).size !== people.length) faults.push(`group ${_id}: somebody is in it twice`);
    if (status === 'SUCCEEDED' && own.some((seat) => seat.status === 'PAID'))
      faults.push(`group ${_id}: succeeded with an unconfirmed member`);
  }
  return faults;
}

async function auditOrders(orders: Connection, accounts: Connection): Promise<string[]> {
  const placed = await all<{ _id: string; status: string; paymentId: string; total: { minor: number } }>(
    orders,
    'orders',
    { refusal: null },
  );
  const keys = new Set((await all<{ key: string }>(accounts, 'ledger_transactions')).map(({ key }) => key));
  const settled = ['PAID', 'CONFIRMED', 'REFUNDING', 'REFUNDED'];
  return placed
    .filter(({ status, total }) => settled.includes(status) && total.minor > 0)
    .filter(({ paymentId }) => !keys.has(`payment:${paymentId}`))
    .map(({ _id, status }) => `order ${_id} is ${status} without its entries in the ledger`);
}

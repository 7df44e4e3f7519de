export type Variables = Readonly<Record<string, unknown>>;

/** A number that is known, or becomes known with the variables of a request. */
export type Amount = number | ((variables: Variables) => number);

/** The known parts become one number, so that most documents need no work at all when they run. */
export function sum(parts: readonly Amount[]): Amount {
  let known = 0;
  const open: ((variables: Variables) => number)[] = [];
  for (const part of parts) {
    if (typeof part === 'number') known += part;
    else open.push(part);
  }
  const [only] = open;
  if (!only) return known;
  if (open.length === 1) return known === 0 ? only : (variables) => known + only(variables);
  return (variables) => {
    let total = known;
    for (const part of open) total += part(variables);
    return total;
  };
}

export function product(a: Amount, b: Amount): Amount {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  if (a === 0 || b === 0) return 0;
  if (a === 1) return b;
  if (b === 1) return a;
  return (variables) => amountFor(a, variables) * amountFor(b, variables);
}

export function largest(parts: readonly Amount[]): Amount {
  const known = Math.max(0, ...parts.filter((part) => typeof part === 'number'));
  const open = parts.filter((part) => typeof part !== 'number');
  if (open.length === 0) return known;
  return (variables) => open.reduce((most, part) => Math.max(most, part(variables)), known);
}

export function amountFor(amount: Amount, variables: Variables): number {
  return typeof amount === 'number' ? amount : amount(variables);
}

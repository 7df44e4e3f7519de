/** An object of a subgraph's answer, and of the answer we build from them. */
export type Data = { [key: string]: unknown };

export function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A property of the object's own; what every object inherits ("constructor") is never data. */
export function own(data: Data, key: string): unknown {
  const value = data[key];
  return typeof value === 'function' || key === '__proto__' ? undefined : value;
}

/**
 * Adds the source's fields to the target, in depth; lists of equal length item by item. What both have, the source
 * says. Undefined says nothing, and an interface's name nothing about an object whose type is known: that is how the
 * subgraph of an `@interfaceObject` calls it.
 */
export function mergeInto(target: Data, source: Data, interfaces: ReadonlySet<unknown>): void {
  for (const key in source) {
    // Compiled queries never ask for this key, and on a plain object it is not data.
    if (key === '__proto__') continue;
    const value = source[key];
    if (value === undefined) continue;
    const present = target[key];
    if (present !== undefined && key === '__typename' && interfaces.has(value)) continue;
    if (present === undefined || typeof value !== 'object' || value === null || typeof present !== 'object') {
      target[key] = value;
    } else if (Array.isArray(value)) {
      if (Array.isArray(present) && present.length === value.length) mergeItems(present, value, interfaces);
      else target[key] = value;
    } else if (isData(present)) {
      mergeInto(present, value as Data, interfaces);
    } else {
      target[key] = value;
    }
  }
}

function mergeItems(target: unknown[], source: readonly unknown[], interfaces: ReadonlySet<unknown>): void {
  for (let index = 0; index < source.length; index++) {
    const present = target[index];
    const value = source[index];
    if (isData(present) && isData(value)) mergeInto(present, value, interfaces);
    else target[index] = value;
  }
}

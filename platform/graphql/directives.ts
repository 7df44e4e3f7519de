import { Authorized, Directive, Extensions, registerEnumType } from 'type-graphql';

/** Makes the type an entity that other subgraphs can refer to by these fields. */
export const Key = (fields: string, options: { resolvable?: boolean } = {}): ClassDecorator =>
  Directive(
    options.resolvable === false ? `@key(fields: "${fields}", resolvable: false)` : `@key(fields: "${fields}")`,
  ) as ClassDecorator;

type AnyDecorator = ClassDecorator & PropertyDecorator & MethodDecorator;

/** The field or type stands in several subgraphs with one meaning. */
export const Shareable = (): AnyDecorator => Directive('@shareable') as AnyDecorator;

/**
 * How long answers may be kept, and for whom: Apollo's `@cacheControl`. `maxAge` is in seconds; `inheritMaxAge` is for
 * values that live as long as what they hang on. The gateway keeps an answer for the shortest time in it, and never one
 * with a field that says nothing.
 */
export const CacheControl = (
  rule: { readonly maxAge: number; readonly scope?: 'PUBLIC' | 'PRIVATE' } | { readonly inheritMaxAge: true },
): AnyDecorator => {
  const said = Object.entries(rule).map(([name, value]) => `${name}: ${value}`);
  return Directive(`@cacheControl(${said.join(', ')})`) as AnyDecorator;
};

/** Present for composition, absent from the public schema. */
export const Inaccessible = (): AnyDecorator => Directive('@inaccessible') as AnyDecorator;

/** Owned elsewhere; named here only because a key or a requirement needs it. */
export const External = (): AnyDecorator => Directive('@external') as AnyDecorator;

/** An internal operation: hidden from the public schema and refused to every caller but a service. */
export const Internal = (): MethodDecorator => (target, key, descriptor) => {
  Directive('@inaccessible')(target, key as string, descriptor as PropertyDescriptor);
  Authorized('service')(target, key as string, descriptor as PropertyDescriptor);
};

/** Says beside a mutation that moves money, stock or a seat by what it is unique; test/mutations.ts is the table that is tested. */
export const UniqueBy = (what: 'idempotencyKey' | 'id'): MethodDecorator & PropertyDecorator =>
  Extensions({ uniqueBy: what }) as MethodDecorator & PropertyDecorator;

const internalEnums = new Set<string>();

interface EnumDescription<T extends object> {
  readonly name: string;
  readonly description: string;
  readonly valuesConfig: { readonly [K in keyof T]: { readonly description: string } };
}

/** Registers an enum that only internal operations use; `defineSubgraph` hides it from the public schema. */
export function registerInternalEnum<T extends object>(values: T, config: EnumDescription<T>): void {
  registerEnumType(values, config as Parameters<typeof registerEnumType>[1]);
  internalEnums.add(config.name);
}

export function isInternalEnum(name: string): boolean {
  return internalEnums.has(name);
}

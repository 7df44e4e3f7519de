import { Directive, Field, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import { Refusal } from './refusal';

/** Stands for the enum in classes; `defineSubgraph` writes each subgraph's own codes in its place. */
export enum ErrorCode {
  INVALID = 'INVALID',
}

registerEnumType(ErrorCode, {
  name: 'ErrorCode',
  description: 'Why a request was refused. New codes may be added: treat an unknown code by its message.',
});

@InterfaceType({
  // Each subgraph lists the implementations it answers with; type-graphql's registry is shared by all seven.
  autoRegisterImplementations: false,
  description: 'A refusal the caller can act on. Nothing changed when a payload carries one.',
})
export abstract class UserError {
  @Field(() => [String], {
    nullable: true,
    description: 'Path of the offending value inside the input; null when no single value is to blame.',
  })
  field!: readonly string[] | null;

  @Field(() => ErrorCode, { description: 'Stable code to decide by.' })
  code!: string;

  @Field(() => String, { description: 'One sentence for a person, in English.' })
  message!: string;
}

@ObjectType({ implements: UserError, description: 'A refusal that needs no data beyond its code.' })
@Directive('@shareable')
export class SimpleUserError extends UserError {}

type UserErrorClass = new () => UserError;

const errorClasses = new Map<string, UserErrorClass>([['SimpleUserError', SimpleUserError]]);

/** Makes a typed refusal known by its GraphQL name, so that `Refusal.errorType` can name it. */
export function registerUserError(name: string, type: UserErrorClass): void {
  errorClasses.set(name, type);
}

export function toUserError(refusal: Refusal): UserError {
  const type = errorClasses.get(refusal.errorType ?? 'SimpleUserError') ?? SimpleUserError;
  return Object.assign(new type(), refusal.fields, {
    field: refusal.field,
    code: refusal.code,
    message: refusal.message,
  });
}

/**
 * Runs a use case for a mutation: its result becomes the payload, a Refusal becomes `userErrors`.
 * Anything else thrown is a bug or an ApiError and goes on to the error mapper.
 */
export async function payload<T extends object>(work: () => Promise<T>): Promise<T | { userErrors: UserError[] }> {
  try {
    return { ...(await work()), userErrors: [] };
  } catch (error) {
    if (error instanceof Refusal) return { userErrors: [toUserError(error)] };
    throw error;
  }
}

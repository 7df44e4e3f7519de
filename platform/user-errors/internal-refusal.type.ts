import { Field, ID, Int, ObjectType } from 'type-graphql';
import { Inaccessible, Shareable } from '../graphql/directives';
import { Refusal } from './refusal';

@ObjectType('InternalRefusal', {
  description: 'Why an internal operation refused: the code, message and data the client will see.',
})
@Shareable()
@Inaccessible()
export class InternalRefusalType {
  @Field(() => String, { description: 'Code of the user error.' })
  code!: string;

  @Field(() => String, { description: 'One sentence for a person, in English.' })
  message!: string;

  @Field(() => [String], { nullable: true, description: 'Path inside the input of the internal operation.' })
  field!: readonly string[] | null;

  @Field(() => Int, { nullable: true, description: 'SOLD_OUT: units still available.' })
  available!: number | null;

  @Field(() => [ID], { nullable: true, description: 'GROUP_FULL: ids of other open groups of the campaign.' })
  alternatives!: readonly string[] | null;
}

/** Runs the deciding part of an internal operation; a Refusal becomes its `refusal`. */
export async function internalResult<T extends object>(
  work: () => Promise<T>,
): Promise<(T & { refusal: null }) | { refusal: InternalRefusalType }> {
  try {
    return { ...(await work()), refusal: null };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return {
      refusal: {
        code: error.code,
        message: error.message,
        field: error.field,
        available: (error.fields['available'] as number | undefined) ?? null,
        alternatives: (error.fields['alternatives'] as readonly string[] | undefined) ?? null,
      },
    };
  }
}

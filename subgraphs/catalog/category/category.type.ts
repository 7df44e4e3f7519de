import { Field, ID, ObjectType } from 'type-graphql';
import { CacheControl, Key } from '../../../platform/graphql/directives';
import { connectionType } from '../../../platform/pagination/connection.type';

@ObjectType('Category', { description: 'A place in the tree of goods.' })
@Key('id')
@CacheControl({ maxAge: 60 })
export class CategoryType {
  @Field(() => ID, { description: 'Id of the category.' })
  id!: string;

  @Field(() => String, { description: "Its own name, in the reader's language where the catalog has it." })
  name!: string;

  @Field(() => [String], { description: 'Names from the root to this category, as stored.' })
  path!: readonly string[];
}

export const CategoryConnection = connectionType(() => CategoryType, 'Category');

import { ArgsType, type ClassType, Field, Int, ObjectType } from 'type-graphql';
import { CacheControl, Shareable } from '../graphql/directives';

@ObjectType({ description: 'Where a page stands in its list.' })
@Shareable()
@CacheControl({ inheritMaxAge: true })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether a next page exists.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether this page was asked for with a cursor.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first node; null for an empty page.' })
  startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Cursor of the last node: the `after` of the next page; null for an empty page.',
  })
  endCursor!: string | null;
}

@ArgsType()
export class PageArgs {
  @Field(() => Int, { description: 'How many nodes, at most 100.' })
  first!: number;

  @Field(() => String, { nullable: true, description: 'The `endCursor` of the page before.' })
  after?: string | null;
}

/**
 * The Relay connection and edge types of a node type, named after it. Call once per node type, beside the type:
 * `export const ProductConnection = connectionType(() => Product, 'Product');`
 */
export function connectionType<T extends object>(node: () => ClassType<T>, name: string): ClassType {
  @ObjectType(`${name}Edge`, { description: `A ${name} and its place in a list.` })
  @CacheControl({ inheritMaxAge: true })
  class Edge {
    @Field(() => String, { description: 'Opaque position, for `after`.' })
    cursor!: string;

    @Field(() => node(), { description: 'The node itself.' })
    node!: T;
  }

  @ObjectType(`${name}Connection`, { description: `A page of a list of ${name}.` })
  @CacheControl({ inheritMaxAge: true })
  class Connection {
    @Field(() => [Edge], { description: 'Nodes with their cursors.' })
    edges!: Edge[];

    @Field(() => [node()], { description: 'The nodes alone.' })
    nodes!: T[];

    @Field(() => PageInfo, { description: 'Where this page stands.' })
    pageInfo!: PageInfo;

    @Field(() => Int, {
      nullable: true,
      description: 'How many nodes the whole list has; counted only when asked for, null where it is not counted.',
    })
    totalCount(): Promise<number> | number | null {
      // A method, so that it is called only when selected; a page that counts brings its own in its place.
      return null;
    }
  }
  return Connection;
}

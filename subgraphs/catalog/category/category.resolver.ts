import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { CacheControl } from '../../../platform/graphql/directives';
import { PageArgs } from '../../../platform/pagination/connection.type';
import { type Page, readPage } from '../../../platform/pagination/page';
import type { CatalogContext } from '../context';
import { pageOfList } from '../list-page';
import { nameFor } from '../product/language';
import type { Category } from './category';
import { CategoryConnection, CategoryType } from './category.type';

@Resolver(() => CategoryType)
export class CategoryResolver {
  @Query(() => CategoryType, { nullable: true, description: 'One category; null when there is none of that id.' })
  category(
    @Arg('id', () => ID, { description: 'Id of the category.' }) id: string,
    @Ctx() { loaders }: CatalogContext,
  ): Promise<Category | null> {
    return loaders.category.load(id);
  }

  @CacheControl({ maxAge: 60 })
  @Query(() => CategoryConnection, {
    description: 'The tree of goods in the order of paths, each branch before what hangs on it.',
  })
  categories(@Args(() => PageArgs) args: PageArgs, @Ctx() { services }: CatalogContext): Promise<Page<Category>> {
    return services.categories.page(readPage(args));
  }

  @FieldResolver(() => String)
  name(@Root() category: Category, @Ctx() { languages }: CatalogContext): string {
    return nameFor(category.name, category.translations, languages);
  }

  @FieldResolver(() => CategoryType, { nullable: true, description: 'The category above; null at the root.' })
  parent(@Root() category: Category, @Ctx() { loaders }: CatalogContext): Promise<Category | null> | null {
    return category.parentId === null ? null : loaders.category.load(category.parentId);
  }

  @FieldResolver(() => CategoryConnection, { description: 'The categories right below, by name.' })
  async children(
    @Root() category: Category,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders }: CatalogContext,
  ): Promise<Page<Category>> {
    return pageOfList(await loaders.childrenOf.load(category.id), args, ({ id }) => id);
  }
}

import { parse } from 'graphql';
import {
  Arg,
  Authorized,
  Ctx,
  Field,
  ID,
  Mutation,
  ObjectType,
  Query,
  Resolver,
  Root,
  Subscription,
} from 'type-graphql';
import { LiveIterator } from '../bus/live-iterator';
import { ANONYMOUS, serviceIdentity } from '../context/identity';
import { Internal, Key } from '../graphql/directives';
import { silentLog } from '../logging/log';
import { Refusal } from '../user-errors/refusal';
import { payload, UserError } from '../user-errors/user-error.type';
import { defineSubgraph } from './define-subgraph';
import type { Kernel } from './kernel';
import type { SubgraphContext } from './subgraph-context';

type Context = SubgraphContext<{ tick: LiveIterator<{ n: number }> }, { made: number }>;

@ObjectType({ description: 'A thing.' })
@Key('id')
class Thing {
  @Field(() => ID, { description: 'Its id.' })
  id!: string;
}

@ObjectType({ description: 'What came of it.' })
class ThingPayload {
  @Field(() => Thing, { nullable: true, description: 'The thing.' })
  thing?: Thing | null;

  @Field(() => [UserError], { description: 'Refusals.' })
  userErrors!: UserError[];
}

@Resolver()
class ThingResolver {
  @Query(() => Thing, { description: 'One thing.' })
  thing(@Arg('id', () => ID) id: string): Thing {
    if (id === 'bug') throw new Error('mongodb://secret');
    return { id };
  }

  @Authorized('MERCHANT')
  @Mutation(() => ThingPayload, { description: 'Makes a thing.' })
  thingCreate(@Arg('id', () => ID) id: string): Promise<object> {
    return payload(async () => {
      if (id === 'no') throw new Refusal('NO_THINGS', 'There are none.', { field: ['id'] });
      return { thing: { id } };
    });
  }

  @Internal()
  @Query(() => String, { description: 'Not for clients.' })
  _secret(): string {
    return 'secret';
  }

  @Subscription(() => Number, {
    description: 'Counts.',
    subscribe: ({ context }) => (context as Context).services.tick,
  })
  ticked(@Root() event: { n: number }, @Ctx() context: Context): number {
    return event.n * 100 + context.loaders.made;
  }
}

let made = 0;
const things = defineSubgraph({
  name: 'catalog',
  resolvers: [ThingResolver],
  codes: { NO_THINGS: 'There are no things.' },
  create: () => ({ tick: new LiveIterator<{ n: number }>(() => undefined) }),
  loaders: () => {
    made += 1;
    return { made };
  },
  references: { Thing: ({ id }) => ({ id }) },
  topics: { ticked: 'PUBLIC' },
});

const kernel = { log: silentLog, database: { connection: { models: {} } } } as unknown as Kernel;
const run = async (document: string, identity: Parameters<typeof request>[1] = ANONYMOUS) =>
  (await things.start(kernel)).execute(request(document, identity));
function request(document: string, identity: import('../context/identity').Identity) {
  return { document: parse(document), identity, requestId: 'req_1' };
}
const merchant = { kind: 'account', accountId: 'acct_1', sessionId: 's', roles: ['MERCHANT'] } as const;

describe('defineSubgraph', () => {
  it('should print federation directives and only its own error codes', () => {
    const { sdl } = things.schema();
    expect(sdl).toContain('type Thing @key(fields: "id")');
    expect(sdl).toMatch(/_secret: String! @inaccessible/);
    expect(sdl).toMatch(/enum ErrorCode \{[\s\S]*NO_THINGS[\s\S]*\}/);
    expect(sdl).toMatch(/type SimpleUserError implements UserError @shareable/);
  });

  it('should resolve references', async () => {
    const result = await run(
      '{ _entities(representations: [{ __typename: "Thing", id: "a" }]) { ... on Thing { id } } }',
    );
    expect(result).toEqual({ data: { _entities: [{ id: 'a' }] } });
  });

  it('should turn a refusal into a user error and a bug into a masked INTERNAL', async () => {
    const refused = await run(
      'mutation { thingCreate(id: "no") { thing { id } userErrors { __typename code field message } } }',
      merchant,
    );
    expect(JSON.parse(JSON.stringify(refused.data))).toEqual({
      thingCreate: {
        thing: null,
        userErrors: [{ __typename: 'SimpleUserError', code: 'NO_THINGS', field: ['id'], message: 'There are none.' }],
      },
    });
    const bug = await run('{ thing(id: "bug") { id } }');
    expect(bug.errors?.[0]?.extensions).toEqual({ code: 'INTERNAL', requestId: 'req_1' });
    expect(bug.errors?.[0]?.message).not.toContain('mongodb');
  });

  it('should refuse the signed-out, the wrong role and clients of internal operations', async () => {
    const create = 'mutation { thingCreate(id: "a") { thing { id } } }';
    expect((await run(create)).errors?.[0]?.extensions['code']).toBe('UNAUTHENTICATED');
    expect((await run(create, { ...merchant, roles: ['CUSTOMER'] })).errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
    expect((await run('{ _secret }', merchant)).errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
    expect((await run('{ _secret }', serviceIdentity('orders'))).data).toEqual({ _secret: 'secret' });
  });

  it('should give each event of a subscription loaders of its own', async () => {
    const running = await things.start(kernel);
    const events = await running.subscribe(request('subscription { ticked }', ANONYMOUS));
    if (!(Symbol.asyncIterator in events)) throw new Error('expected a stream');
    running.services.tick.push({ n: 1 });
    running.services.tick.push({ n: 2 });
    const first = ((await events.next()).value as { data: { ticked: number } }).data.ticked;
    const second = ((await events.next()).value as { data: { ticked: number } }).data.ticked;
    expect(second - first).toBe(101);
    await events.return?.();
    await expect(running.services.tick.next()).resolves.toEqual({ value: undefined, done: true });
  });
});

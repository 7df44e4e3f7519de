import { GraphQLError } from 'graphql';
import { REFUSED } from './refused';
import { RemoteSubscription } from './remote-subscription';
import { ENDED_EXTENSION, RUNNING_EXTENSION } from './subscribe-message';

const RUNS = { extensions: { [RUNNING_EXTENSION]: true } };
const OVER = { extensions: { [ENDED_EXTENSION]: true } };
const state = (version: number) => ({ data: { progress: { version } } });

function follow() {
  let sink: { next(value: unknown): void; error(error: unknown): void; complete(): void } | undefined;
  const told: string[] = [];
  const subscription = new RemoteSubscription({
    open: (opened) => {
      told.push('open');
      sink = opened;
      return () => told.push('close');
    },
    lost: () => new GraphQLError('It is away.', { extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }),
    onEnd: () => told.push('end'),
  });
  const started = subscription.start(10_000);
  if (!sink) throw new Error('Nothing was opened.');
  return { subscription, started, sink, told };
}

describe('a subscription at another process', () => {
  it('should end when the subgraph says that the topic is over', async () => {
    const { subscription, started, sink, told } = follow();
    for (const message of [RUNS, state(1), OVER]) sink.next(message);
    sink.complete();
    expect(await started).toBe('running');
    expect(await subscription.next()).toEqual({ done: false, value: state(1) });
    expect(await subscription.next()).toEqual({ done: true, value: undefined });
    expect(told).toEqual(['open', 'close', 'end']);
  });

  it.each([
    ['completes without saying that the topic is over', (sink: { complete(): void }) => sink.complete()],
    ['closes the socket', (sink: { error(error: unknown): void }) => sink.error({ code: 1001, reason: 'restarting' })],
    ['no longer believes the signature', (sink: { error(error: unknown): void }) => sink.error(REFUSED.errors)],
  ])('should be lost, after what still waits, when the subgraph %s', async (_what, lose) => {
    const { subscription, started, sink, told } = follow();
    sink.next(RUNS);
    sink.next(state(1));
    lose(sink);
    expect(await started).toBe('running');
    expect(await subscription.next()).toEqual({ done: false, value: state(1) });
    await expect(subscription.next()).rejects.toMatchObject({ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } });
    expect(await subscription.next()).toEqual({ done: true, value: undefined });
    expect(told.filter((what) => what === 'open')).toHaveLength(1);
  });

  it('should tell a reader that waits', async () => {
    const { subscription, sink } = follow();
    sink.next(RUNS);
    const reading = subscription.next();
    sink.error(new Error('connect ECONNREFUSED'));
    await expect(reading).rejects.toThrow('It is away.');
  });

  it('should tell nobody when its reader has left', async () => {
    const { subscription, sink, told } = follow();
    sink.next(RUNS);
    const reading = subscription.next();
    await subscription.return();
    sink.error(new Error('connect ECONNREFUSED'));
    expect(await reading).toEqual({ done: true, value: undefined });
    expect(await subscription.next()).toEqual({ done: true, value: undefined });
    expect(told).toEqual(['open', 'close', 'end']);
  });

  it('should say at once that it never began', async () => {
    const { started, sink } = follow();
    sink.error(new Error('connect ECONNREFUSED'));
    expect(await started).toBe('lost');
  });
});

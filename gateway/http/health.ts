import type { FastifyInstance } from 'fastify';

export type Readiness = () => Promise<Record<string, 'up' | 'down'>>;

const PATIENCE_MS = 2_000;

/** `/livez`: the process answers. `/readyz`: it should get traffic, with the state of each dependency. */
export function registerHealth(app: FastifyInstance, readiness: Readiness, isStopping: () => boolean): void {
  // However often it is asked, the dependencies are asked once at a time.
  let running: ReturnType<typeof dependenciesOf> | null = null;
  const dependenciesNow = (): ReturnType<typeof dependenciesOf> => {
    running ??= dependenciesOf(readiness).finally(() => {
      running = null;
    });
    return running;
  };
  app.get('/livez', async () => ({ status: 'live' }));
  app.get('/readyz', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    const dependencies = await dependenciesNow();
    const down = dependencies === null || Object.values(dependencies).includes('down');
    const status = isStopping() ? 'stopping' : down ? 'not ready' : 'ready';
    return reply.code(status === 'ready' ? 200 : 503).send({ status, dependencies: dependencies ?? {} });
  });
}

async function dependenciesOf(readiness: Readiness): Promise<Record<string, 'up' | 'down'> | null> {
  let timer: NodeJS.Timeout | undefined;
  const impatience = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PATIENCE_MS);
  });
  try {
    return await Promise.race([readiness(), impatience]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

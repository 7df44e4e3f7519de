import type { FastifyInstance } from 'fastify';

/** A folder served as it is, for example product images. */
export interface AssetFolder {
  /** URL path, for example "/images/". */
  readonly prefix: string;
  /** Absolute folder. */
  readonly root: string;
}

export function registerAssets(app: FastifyInstance, folders: readonly AssetFolder[]): void {
  for (const { prefix, root } of folders) {
    app.register(import('@fastify/static'), {
      prefix,
      root,
      index: false,
      dotfiles: 'deny',
      decorateReply: false,
      maxAge: '1d',
      setHeaders: (reply) => {
        // Storefronts on other origins show these images; there is nothing personal in them.
        reply.header('access-control-allow-origin', '*');
        reply.header('cross-origin-resource-policy', 'cross-origin');
      },
    });
  }
}

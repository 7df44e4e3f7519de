import { hasRole, type Identity } from '../../../platform/context/identity';
import { decodeCursor, type Page, type PageRequest, pageOf } from '../../../platform/pagination/page';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { notFound } from '../../../platform/user-errors/refusal';
import { type ApiKey, type ApiKeyRequest, checkApiKeyRequest, digestKey, newKeyText } from './api-key';
import type { ApiKeyModel } from './api-key.model';

/** How stale `lastUsedAt` may be: a busy key writes once in this time instead of with every request. */
const TOUCH_MS = 15 * 60_000;

/** A new key with its full text, shown this once where it is secret. */
export interface CreatedApiKey {
  readonly key: string;
  readonly apiKey: ApiKey;
}

/** Keys of embedding apps. A merchant has their own; an administrator and the installation see all. */
export class ApiKeyService {
  constructor(
    private readonly kernel: Kernel,
    private readonly keys: ApiKeyModel,
  ) {}

  /** Refuses INVALID and SCOPE_NOT_ALLOWED. Asks nobody's permission: that is the resolver's part. */
  async create(request: ApiKeyRequest, createdBy: string | null = null): Promise<CreatedApiKey> {
    const checked = checkApiKeyRequest(request);
    const key = newKeyText(checked.kind);
    const apiKey: ApiKey = {
      ...checked,
      id: this.kernel.newId('key'),
      hint: key.slice(-4),
      key: checked.kind === 'PUBLISHABLE' ? key : null,
      createdBy,
      createdAt: this.kernel.clock.now(),
      revokedAt: null,
      lastUsedAt: null,
    };
    await this.keys.insert(apiKey, digestKey(key));
    return { key, apiKey };
  }

  createFor(identity: Identity, request: ApiKeyRequest): Promise<CreatedApiKey> {
    return this.create(request, identity.kind === 'account' ? identity.accountId : null);
  }

  /** A repeat changes nothing. Refuses NOT_FOUND for a key the caller may not see. */
  async revoke(identity: Identity, id: string): Promise<ApiKey> {
    const key = await this.keys.revoke(id, ownerFor(identity), this.kernel.clock.now());
    if (!key) throw notFound(['input', 'id'], 'API key');
    return key;
  }

  /** Newest first, revoked ones included. */
  async list(identity: Identity, request: PageRequest): Promise<Page<ApiKey>> {
    const owner = ownerFor(identity);
    const after = request.after === null ? null : decodeCursor(request.after, 1);
    const rows = await this.keys.list(owner, after, request.first + 1);
    return pageOf(
      rows,
      request,
      (key) => [key.id],
      () => this.keys.count(owner),
    );
  }

  /** Who the full text of a key stands for; null when unknown or revoked. */
  async identify(key: string): Promise<ApiKey | null> {
    const found = await this.keys.findActive(digestKey(key));
    if (!found) return null;
    const now = this.kernel.clock.now();
    const stale = new Date(now.getTime() - TOUCH_MS);
    if (found.lastUsedAt === null || found.lastUsedAt < stale) await this.keys.touch(found.id, now, stale);
    return found;
  }

  /** Whether any active key lists the origin. */
  isOriginListed(origin: string): Promise<boolean> {
    return this.keys.isOriginListed(origin);
  }
}

function ownerFor(identity: Identity): string | null {
  return identity.kind === 'account' && !hasRole(identity, 'ADMIN') ? identity.accountId : null;
}

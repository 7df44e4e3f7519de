import type { ClientSession } from 'mongoose';
import { isDuplicateKey } from '../../../platform/mongo/database';
import { KeyQueue } from '../../../platform/mongo/key-queue';
import { decodeCursor, mapPage, type Page, type PageRequest, pageOf } from '../../../platform/pagination/page';
import type { Kernel } from '../../../platform/subgraph/kernel';
import { badInput } from '../../../platform/user-errors/api-error';
import { notFound } from '../../../platform/user-errors/refusal';
import { boundingBox, distanceMeters, type Point } from './distance';
import {
  isPoint,
  MAX_SEARCH_METERS,
  type NearbyNeighborhood,
  type Neighborhood,
  type NeighborhoodChange,
  type NeighborhoodFields,
  paused,
  readChange,
  readNeighborhood,
} from './neighborhood';
import { cursorOf, NeighborhoodModel } from './neighborhood.model';
import { type Residency, ResidencyModel } from './residency.model';

/** Two first joins of one account may both insert its residency; the loser reads again and then moves. */
const JOIN_ATTEMPTS = 3;

export class NeighborhoodService {
  private readonly neighborhoods: NeighborhoodModel;
  private readonly residencies: ResidencyModel;
  private readonly joins = new KeyQueue();

  constructor(private readonly kernel: Kernel) {
    this.neighborhoods = new NeighborhoodModel(kernel.database.connection);
    this.residencies = new ResidencyModel(kernel.database.connection);
  }

  findByIds(ids: readonly string[]): Promise<readonly Neighborhood[]> {
    return this.neighborhoods.findByIds(ids);
  }

  findResidencies(accountIds: readonly string[]): Promise<readonly Residency[]> {
    return this.residencies.findByAccounts(accountIds);
  }

  /** All neighborhoods, or those of a city, by name. */
  async page(city: string | null, page: PageRequest): Promise<Page<Neighborhood>> {
    const rows = await this.neighborhoods.findPage(city, page);
    return pageOf(rows, page, cursorOf, () => this.neighborhoods.count(city));
  }

  /** Active neighborhoods whose centre lies within the radius, nearest first. */
  async near(point: Point, radiusMeters: number, page: PageRequest): Promise<Page<NearbyNeighborhood>> {
    if (!isPoint(point)) throw badInput('The latitude is -90 to 90 and the longitude -180 to 180 degrees.');
    if (radiusMeters < 1 || radiusMeters > MAX_SEARCH_METERS)
      throw badInput(`radiusMeters must be between 1 and ${MAX_SEARCH_METERS}.`);
    const candidates = await this.neighborhoods.findCentres(boundingBox(point, radiusMeters));
    const within = candidates
      .map(({ id, centre }) => ({ id, distance: distanceMeters(point, centre) }))
      .filter(({ distance }) => distance <= radiusMeters)
      .sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1));
    const [lastDistance, lastId] = page.after === null ? [-1, ''] : decodeCursor(page.after, 2);
    const rest = within.filter(
      ({ id, distance }) =>
        distance > Number(lastDistance) || (distance === Number(lastDistance) && id > String(lastId)),
    );
    const places = pageOf(
      rest,
      page,
      ({ id, distance }) => [distance, id],
      () => within.length,
    );
    const found = new Map((await this.findByIds(places.nodes.map(({ id }) => id))).map((one) => [one.id, one]));
    return mapPage(places, ({ id, distance }) => {
      const neighborhood = found.get(id);
      if (!neighborhood) throw new Error(`Neighborhood ${id} vanished while it was read; none is ever deleted.`);
      return { neighborhood, distanceMeters: Math.round(distance) };
    });
  }

  async isResident(accountId: string, neighborhoodId: string): Promise<boolean> {
    return (await this.residencies.find(accountId))?.neighborhoodId === neighborhoodId;
  }

  async isActive(id: string): Promise<boolean> {
    return (await this.neighborhoods.findById(id))?.status === 'ACTIVE';
  }

  /** Creates an active neighborhood without residents; once per key where the caller gives one. */
  async create(
    input: NeighborhoodFields,
    once: { readonly accountId: string; readonly key: string } | null,
  ): Promise<Neighborhood> {
    const fields = readNeighborhood(input);
    const write = async (session: ClientSession): Promise<string> => {
      const id = this.kernel.newId('nbhd');
      await this.neighborhoods.insert(
        { id, ...fields, status: 'ACTIVE', residentCount: 0, createdAt: this.kernel.clock.now() },
        session,
      );
      return id;
    };
    const id = once
      ? await this.kernel.idempotency.run({ ...once, mutation: 'neighborhoodCreate', body: fields }, write)
      : await this.kernel.database.transaction(write);
    return this.get(id);
  }

  async update(id: string, input: NeighborhoodChange): Promise<Neighborhood> {
    const change = readChange(input);
    if (Object.keys(change).length === 0) return this.get(id);
    const neighborhood = await this.neighborhoods.update(id, change);
    if (!neighborhood) throw notFound(['input', 'id'], 'neighborhood');
    return neighborhood;
  }

  /** Makes the neighborhood the account's home, leaving the one before. Joining again changes nothing. */
  async join(accountId: string, neighborhoodId: string): Promise<Neighborhood> {
    return this.joins.run(neighborhoodId, async () => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          await this.kernel.database.transaction((session) => this.moveHome(accountId, neighborhoodId, session));
          return await this.get(neighborhoodId, ['input', 'neighborhoodId']);
        } catch (error) {
          if (!isDuplicateKey(error) || attempt >= JOIN_ATTEMPTS) throw error;
        }
      }
    });
  }

  /** Gives up the home in that neighborhood. Changes nothing for an account that does not live there. */
  async leave(accountId: string, neighborhoodId: string): Promise<Neighborhood> {
    return this.joins.run(neighborhoodId, async () => {
      await this.kernel.database.transaction(async (session) => {
        if (await this.residencies.remove(accountId, neighborhoodId, session))
          await this.neighborhoods.countOut(neighborhoodId, session);
      });
      return this.get(neighborhoodId, ['input', 'neighborhoodId']);
    });
  }

  private async moveHome(accountId: string, neighborhoodId: string, session: ClientSession): Promise<void> {
    const home = await this.residencies.find(accountId, session);
    if (home?.neighborhoodId === neighborhoodId) return;
    if (!(await this.neighborhoods.countIn(neighborhoodId, session))) {
      if (await this.neighborhoods.findById(neighborhoodId, session)) throw paused();
      throw notFound(['input', 'neighborhoodId'], 'neighborhood');
    }
    const next = { accountId, neighborhoodId, joinedAt: this.kernel.clock.now() };
    if (!home) {
      await this.residencies.insert(next, session);
      return;
    }
    if (!(await this.residencies.move(home, next, session)))
      throw new Error(`The residency of ${accountId} changed inside its own transaction.`);
    await this.neighborhoods.countOut(home.neighborhoodId, session);
  }

  private async get(id: string, field: readonly string[] = ['input', 'id']): Promise<Neighborhood> {
    const neighborhood = await this.neighborhoods.findById(id);
    if (!neighborhood) throw notFound(field, 'neighborhood');
    return neighborhood;
  }
}

import { mongo } from 'mongoose';
import { Entities } from './entities';
import { mismatch, show } from './match';
import { NotRunHere } from './not-run-here';
import { perform } from './operations';
import {
  type CollectionData,
  type ExpectedError,
  type ExpectedEvents,
  type Operation,
  type Plain,
  type SuiteFile,
  type TestCase,
  unmet,
} from './suite';

export interface CaseResult {
  readonly file: string;
  readonly test: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly reason: string;
}

class Failure extends Error {}

/** Runs the cases of files against one server, each with fresh data and fresh clients. */
export class CaseRunner {
  constructor(
    private readonly uri: string,
    private readonly own: mongo.MongoClient,
    private readonly version: string,
  ) {}

  async run(file: SuiteFile, test: TestCase): Promise<CaseResult> {
    const result = (outcome: CaseResult['outcome'], reason: string): CaseResult => ({
      file: file.name,
      test: test.description,
      outcome,
      reason,
    });
    const reason =
      test.skipReason ?? unmet(file.runOnRequirements, this.version) ?? unmet(test.runOnRequirements, this.version);
    if (reason !== null) return result('skipped', reason);
    const entities = new Entities(this.uri);
    try {
      await this.own.db('admin').command({ killAllSessions: [] });
      for (const data of file.initialData ?? []) await this.fill(data);
      await entities.create(file.createEntities ?? []);
      await this.operations(entities, test.operations);
      for (const expected of test.expectEvents ?? []) checkEvents(entities, expected);
      for (const data of test.outcome ?? []) await this.checkOutcome(entities, data);
      return result('passed', '');
    } catch (error) {
      if (error instanceof NotRunHere) return result('skipped', `not run here: ${error.message}`);
      return result(
        'failed',
        error instanceof Failure ? error.message : `${(error as Error).name}: ${(error as Error).message}`,
      );
    } finally {
      for (const configureFailPoint of ['failCommand', 'onPrimaryTransactionalWrite']) {
        await this.own.db('admin').command({ configureFailPoint, mode: 'off' });
      }
      await entities.close();
    }
  }

  private async fill({ databaseName, collectionName, documents, createOptions }: CollectionData): Promise<void> {
    const db = this.own.db(databaseName);
    await db
      .collection(collectionName)
      .drop()
      .catch(() => undefined);
    if (documents.length === 0 || createOptions !== undefined)
      await db.createCollection(collectionName, createOptions ?? {});
    if (documents.length > 0) await db.collection(collectionName).insertMany(documents as never);
  }

  private async operations(entities: Entities, list: readonly Operation[], inCallback = false): Promise<void> {
    for (const operation of list) {
      if (operation.object === 'testRunner') await this.testRunner(entities, operation);
      else await this.checked(entities, operation, inCallback);
    }
  }

  private async checked(entities: Entities, operation: Operation, inCallback: boolean): Promise<void> {
    let outcome: { value: unknown } | { error: unknown };
    try {
      outcome = { value: await perform(entities, operation, (inner) => this.operations(entities, inner, true)) };
    } catch (error) {
      if (error instanceof NotRunHere || error instanceof Failure) throw error;
      outcome = { error };
    }
    if (operation.ignoreResultAndError) return;
    if (operation.expectError !== undefined) {
      if (!('error' in outcome)) throw new Failure(`${operation.name}: expected an error`);
      checkError(entities, operation, operation.expectError, outcome.error);
      // The driver sees what its callback threw.
      if (inCallback) throw outcome.error;
      return;
    }
    if ('error' in outcome) throw outcome.error;
    if (operation.saveResultAsEntity !== undefined) entities.saved.set(operation.saveResultAsEntity, outcome.value);
    if (!('expectResult' in operation)) return;
    const wrong = mismatch(operation.expectResult, plainResult(outcome.value), entities);
    if (wrong !== null) throw new Failure(`${operation.name} result${wrong}`);
  }

  private async testRunner(entities: Entities, { name, arguments: args = {} }: Operation): Promise<void> {
    const admin = this.own.db('admin');
    switch (name) {
      case 'failPoint':
      case 'targetedFailPoint':
        await admin.command(args['failPoint'] as Plain);
        return;
      case 'createEntities':
        return entities.create(args['entities'] as Plain[]);
      case 'assertCollectionExists':
      case 'assertCollectionNotExists': {
        const list = await this.own
          .db(String(args['databaseName']))
          .listCollections({ name: args['collectionName'] as never })
          .toArray();
        if ((list.length === 1) !== (name === 'assertCollectionExists')) throw new Failure(`${name}: ${show(list)}`);
        return;
      }
      case 'assertIndexExists':
      case 'assertIndexNotExists': {
        const list = await this.own
          .db(String(args['databaseName']))
          .collection(String(args['collectionName']))
          .indexes()
          .catch(() => []);
        if (list.some((index) => index.name === args['indexName']) !== (name === 'assertIndexExists'))
          throw new Failure(`${name}: ${show(list)}`);
        return;
      }
      case 'assertSessionTransactionState': {
        const state = (entities.session(String(args['session'])) as unknown as { transaction: { state: string } })
          .transaction.state;
        if (!STATES[String(args['state'])]?.includes(state)) throw new Failure(`transaction state is ${state}`);
        return;
      }
      case 'assertSessionDirty':
      case 'assertSessionNotDirty': {
        const dirty = entities.session(String(args['session'])).serverSession.isDirty;
        if (dirty !== (name === 'assertSessionDirty')) throw new Failure(`${name}: ${dirty}`);
        return;
      }
      case 'assertSessionPinned':
      case 'assertSessionUnpinned':
        if (entities.session(String(args['session'])).isPinned !== (name === 'assertSessionPinned'))
          throw new Failure(name);
        return;
      case 'assertSameLsidOnLastTwoCommands':
      case 'assertDifferentLsidOnLastTwoCommands': {
        const sent = entities
          .client(String(args['client']))
          .commandEvents.flatMap((event) =>
            event['commandStartedEvent'] === undefined
              ? []
              : [(event['commandStartedEvent'] as mongo.CommandStartedEvent).command['lsid']],
          );
        const [a, b] = sent.slice(-2).map(show);
        if ((a === b) !== (name === 'assertSameLsidOnLastTwoCommands')) throw new Failure(`${name}: ${a}, ${b}`);
        return;
      }
      default:
        throw new NotRunHere(`operation ${name}`);
    }
  }

  private async checkOutcome(
    entities: Entities,
    { databaseName, collectionName, documents }: CollectionData,
  ): Promise<void> {
    const found = await this.own
      .db(databaseName)
      .collection(collectionName)
      .find({}, { sort: { _id: 1 } })
      .toArray();
    const wrong =
      documents.length === found.length
        ? documents.map((doc, i) => mismatch(doc, found[i], entities, `[${i}]`, false)).find((text) => text !== null)
        : `expected ${documents.length} documents`;
    if (wrong) throw new Failure(`outcome${wrong}: ${show(found)}`);
  }
}

const STATES: Record<string, string[]> = {
  none: ['NO_TRANSACTION'],
  starting: ['STARTING_TRANSACTION'],
  in_progress: ['TRANSACTION_IN_PROGRESS'],
  committed: ['TRANSACTION_COMMITTED', 'TRANSACTION_COMMITTED_EMPTY'],
  aborted: ['TRANSACTION_ABORTED'],
};

/** Driver results as plain documents: maps of ids become objects, as the format writes them. */
function plainResult(value: unknown): unknown {
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, item]) => [String(key), plainResult(item)]));
  if (typeof value === 'object' && value !== null && value.constructor.name === 'BulkWriteResult') {
    const { insertedCount, insertedIds, matchedCount, modifiedCount, deletedCount, upsertedCount, upsertedIds } =
      value as mongo.BulkWriteResult;
    return { insertedCount, insertedIds, matchedCount, modifiedCount, deletedCount, upsertedCount, upsertedIds };
  }
  if (typeof value === 'object' && value !== null && 'insertResults' in value) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plainResult(item)]));
  }
  return value;
}

function checkError(entities: Entities, operation: Operation, expected: ExpectedError, thrown: unknown): void {
  const error = thrown as mongo.MongoServerError & { result?: unknown };
  const fail = (text: string) => {
    throw new Failure(`${operation.name}: ${text} (${error.name} ${error.code}: ${error.message})`);
  };
  const server = error instanceof mongo.MongoServerError && error.code !== undefined;
  if (expected.isClientError === true && (server || error instanceof mongo.MongoServerError))
    fail('expected an error of the client');
  if (expected.isClientError === false && error instanceof mongo.MongoNetworkError)
    fail('expected an error of the server');
  if (
    expected.errorContains !== undefined &&
    !error.message.toLowerCase().includes(expected.errorContains.toLowerCase())
  )
    fail(`expected "${expected.errorContains}"`);
  if (expected.errorCode !== undefined && error.code !== expected.errorCode)
    fail(`expected code ${expected.errorCode}`);
  if (expected.errorCodeName !== undefined && error.codeName !== expected.errorCodeName)
    fail(`expected ${expected.errorCodeName}, got ${error.codeName}`);
  for (const label of expected.errorLabelsContain ?? [])
    if (!(error instanceof mongo.MongoError && error.hasErrorLabel(label))) fail(`expected label ${label}`);
  for (const label of expected.errorLabelsOmit ?? [])
    if (error instanceof mongo.MongoError && error.hasErrorLabel(label)) fail(`unexpected label ${label}`);
  if (expected.errorResponse !== undefined) {
    const wrong = mismatch(expected.errorResponse, error.errorResponse, entities);
    if (wrong !== null) fail(`response${wrong}`);
  }
  if (expected.expectResult !== undefined) {
    const partial = 'partialResult' in error ? error['partialResult'] : error.result;
    const wrong = mismatch(expected.expectResult, plainResult(partial), entities);
    if (wrong !== null) fail(`result${wrong}`);
  }
}

function checkEvents(
  entities: Entities,
  { client, events, eventType = 'command', ignoreExtraEvents }: ExpectedEvents,
): void {
  if (eventType === 'sdam') throw new NotRunHere('server monitoring events');
  const { commandEvents, poolEvents } = entities.client(client);
  const seen = eventType === 'command' ? commandEvents : poolEvents;
  if (seen.length < events.length || (seen.length > events.length && !ignoreExtraEvents))
    throw new Failure(
      `expected ${events.length} ${eventType} events, got ${seen.length}: ${seen.map((event) => `${Object.keys(event)[0]} ${(Object.values(event)[0] as { commandName?: string }).commandName ?? ''}`).join(', ')}`,
    );
  for (const [i, expected] of events.entries()) {
    const [kind = ''] = Object.keys(expected);
    const actual = (seen[i] as Plain)[kind] as Plain | undefined;
    if (actual === undefined)
      throw new Failure(`event ${i}: expected ${kind}, got ${Object.keys(seen[i] as Plain)[0]}`);
    for (const [field, value] of Object.entries(expected[kind] as Plain)) {
      if (field === 'hasServiceId' || field === 'hasServerConnectionId') continue;
      if (field === 'command') forgetTimeout(value as Plain, actual[field] as Plain);
      const wrong = mismatch(value, actual[field], entities, `event ${i} ${kind}.${field}`);
      if (wrong !== null) throw new Failure(wrong);
    }
  }
}

/** This driver gives every commit and abort with a write concern a timeout of 10 s, which the specification does not know. */
function forgetTimeout(expected: Plain, actual: Plain): void {
  const [wanted, sent] = [expected['writeConcern'] as Plain | undefined, actual['writeConcern'] as Plain | undefined];
  if (wanted === undefined || sent === undefined || 'wtimeout' in wanted) return;
  if ('commitTransaction' in actual || 'abortTransaction' in actual) delete sent['wtimeout'];
}

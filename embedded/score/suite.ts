import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mongo } from 'mongoose';

/** The unified test format of https://github.com/mongodb/specifications, as far as it is used here. */
export type Plain = Record<string, unknown>;

export interface Requirement {
  readonly minServerVersion?: string;
  readonly maxServerVersion?: string;
  readonly topologies?: readonly string[];
  readonly serverless?: string;
  readonly auth?: boolean;
}

export interface Operation {
  readonly name: string;
  readonly object: string;
  readonly arguments?: Plain;
  readonly expectResult?: unknown;
  readonly expectError?: ExpectedError;
  readonly saveResultAsEntity?: string;
  readonly ignoreResultAndError?: boolean;
}

export interface ExpectedError {
  readonly isError?: boolean;
  readonly isClientError?: boolean;
  readonly isTimeoutError?: boolean;
  readonly errorContains?: string;
  readonly errorCode?: number;
  readonly errorCodeName?: string;
  readonly errorLabelsContain?: readonly string[];
  readonly errorLabelsOmit?: readonly string[];
  readonly errorResponse?: Plain;
  readonly writeErrors?: Plain;
  readonly writeConcernErrors?: readonly Plain[];
  readonly expectResult?: unknown;
}

export interface CollectionData {
  readonly databaseName: string;
  readonly collectionName: string;
  readonly documents: Plain[];
  readonly createOptions?: Plain;
}

export interface ExpectedEvents {
  readonly client: string;
  readonly eventType?: 'command' | 'cmap' | 'sdam';
  readonly events: readonly Plain[];
  readonly ignoreExtraEvents?: boolean;
}

export interface TestCase {
  readonly description: string;
  readonly skipReason?: string;
  readonly runOnRequirements?: readonly Requirement[];
  readonly operations: readonly Operation[];
  readonly expectEvents?: readonly ExpectedEvents[];
  readonly outcome?: readonly CollectionData[];
}

export interface SuiteFile {
  readonly name: string;
  readonly runOnRequirements?: readonly Requirement[];
  readonly createEntities?: readonly Plain[];
  readonly initialData?: readonly CollectionData[];
  readonly tests: readonly TestCase[];
}

export function readFolder(root: string, folder: string): SuiteFile[] {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({
      ...(mongo.BSON.EJSON.parse(readFileSync(join(path, file), 'utf8'), { relaxed: true }) as SuiteFile),
      name: file.replace('.json', ''),
    }));
}

/** Why a case cannot run on a one-node replica set of this version, or null. */
export function unmet(requirements: readonly Requirement[] | undefined, version: string): string | null {
  if (requirements === undefined || requirements.length === 0) return null;
  const reasons = requirements.map((requirement) => {
    if (requirement.topologies !== undefined && !requirement.topologies.includes('replicaset'))
      return `needs ${requirement.topologies.join(' or ')}`;
    if (requirement.minServerVersion !== undefined && compareVersions(version, requirement.minServerVersion) < 0)
      return `needs server ${requirement.minServerVersion}`;
    if (requirement.maxServerVersion !== undefined && compareVersions(version, requirement.maxServerVersion) > 0)
      return `needs server up to ${requirement.maxServerVersion}`;
    if (requirement.serverless === 'require') return 'needs serverless';
    if (requirement.auth === true) return 'needs authentication';
    return null;
  });
  return reasons.includes(null) ? null : (reasons[0] ?? null);
}

function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (x?.[i] ?? 0) - (y?.[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

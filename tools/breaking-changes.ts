import { diff } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

/** What would break clients of the released schema and is not recorded word for word in CHANGES.md. */
export async function unrecordedBreaks(released: string, current: string, recorded: string): Promise<string[]> {
  const changes = await diff(buildSchema(released), buildSchema(current));
  return changes
    .filter((change) => change.criticality.level === 'BREAKING' && !recorded.includes(change.message))
    .map((change) => change.message);
}

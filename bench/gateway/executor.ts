import { execute, parse } from 'graphql';
import { textOf } from '../../gateway/answer';
import { composeSupergraph } from '../../gateway/federation/compose';
import { FederatedGraph } from '../../gateway/federation/federated-graph';
import { ANONYMOUS } from '../../platform/context/identity';
import { silentLog } from '../../platform/logging/log';
import { endpointsInProcess } from './our-endpoints';
import { OneSchemaContext, oneSchema, type Workload } from './shop';

/** An executor without a server around it: from a document and variables to the text of the answer. */
export interface Executor {
  readonly name: string;
  run(workload: Workload, variables: Readonly<Record<string, unknown>>): Promise<string>;
}

export function plainExecutor(): Executor {
  const schema = oneSchema();
  const documents = cached(parse);
  return {
    name: 'graphql-js, one schema',
    async run({ query }, variables) {
      return JSON.stringify(
        await execute({
          schema,
          document: documents(query),
          variableValues: variables,
          contextValue: new OneSchemaContext(),
        }),
      );
    },
  };
}

export function ourExecutor(): Executor {
  const endpoints = endpointsInProcess();
  const graph = new FederatedGraph(
    composeSupergraph(endpoints),
    new Map(endpoints.map((endpoint) => [endpoint.name, endpoint])),
    silentLog,
  );
  const documents = cached(parse);
  const caller = { identity: ANONYMOUS, requestId: 'req_bench', languages: [] };
  return {
    name: 'ours, three subgraphs in process',
    async run({ query }, variables) {
      const document = documents(query);
      return textOf(await graph.answer({ document, documentKey: query, variables, caller, deadlineMs: 10_000 }));
    },
  };
}

/** CPU milliseconds a run, of this process; runs follow each other. */
export async function cpuOf(executor: Executor, workload: Workload, runs: number): Promise<number> {
  const before = process.cpuUsage();
  for (let index = 0; index < runs; index += 1) {
    await executor.run(workload, workload.variables[index % workload.variables.length] ?? {});
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / runs;
}

function cached<T>(make: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const value = known.get(text) ?? make(text);
    known.set(text, value);
    return value;
  };
}

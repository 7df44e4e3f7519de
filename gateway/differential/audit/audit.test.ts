import { parse } from 'graphql';
import { writtenAnswer } from '../comparison';
import { buildGraph, requestOf } from '../fixture';
import { AUDIT } from './categories';

describe.each(AUDIT.map((category) => [category.name, category] as const))('the engine on %s', (_name, category) => {
  const graph = buildGraph(category);

  it.each(category.cases.map((one) => [one.query, one] as const))('should answer %s', async (_query, one) => {
    const request = requestOf({ text: one.query, document: parse(one.query), variables: one.variables ?? {} });
    for (const _temperature of ['cold', 'hot']) {
      const { data, errors } = writtenAnswer(await graph.federated.answer(request));
      expect({ data: JSON.stringify(data), errors: errors.length }).toEqual({
        // As text: the order of keys counts too.
        data: JSON.stringify(one.data),
        errors: one.errors ?? 0,
      });
    }
  });
});

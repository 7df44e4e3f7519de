/** What may import what: docs/architecture.md in one picture, held by `npm run lint`. */
const tests = '\\.test\\.ts$|^test/|/testing(/|\\.ts$)';

module.exports = {
  forbidden: [
    {
      name: 'subgraphs-meet-only-in-the-graph',
      comment: 'A subgraph never imports another: they meet through entities, events and internal operations.',
      severity: 'error',
      from: { path: '^subgraphs/([^/]+)/' },
      to: { path: '^subgraphs/([^/]+)/', pathNot: '^subgraphs/$1/' },
    },
    {
      name: 'subgraphs-stand-on-platform',
      comment: 'Subgraphs know nothing of the gateway, the embedded database or the tools.',
      severity: 'error',
      from: { path: '^subgraphs/', pathNot: tests },
      to: { path: '^(gateway|embedded|embeds|tools|test|bench)/' },
    },
    {
      name: 'platform-knows-nobody',
      comment: 'The shared kernel imports nothing of the product.',
      severity: 'error',
      from: { path: '^platform/', pathNot: tests },
      to: { path: '^(gateway|subgraphs|embedded|embeds|tools|test|bench)/' },
    },
    {
      name: 'embedded-stands-alone',
      comment: 'The embedded database knows nothing of commerce.',
      severity: 'error',
      from: { path: '^embedded/' },
      to: { path: '^(gateway|subgraphs|platform|embeds|tools|test|bench)/' },
    },
    {
      name: 'gateway-sees-subgraphs-by-their-index',
      comment: 'The gateway and the tools reach into no subgraph: its index is its face.',
      severity: 'error',
      from: { path: '^(gateway|tools|bench)/', pathNot: tests },
      to: { path: '^subgraphs/[^/]+/', pathNot: '^subgraphs/[^/]+/index\\.ts$' },
    },
    {
      name: 'domain-is-pure',
      comment:
        'A file without a role (group-buy.ts beside group-buy.service.ts) holds rules: no storage, no GraphQL, no I/O. Clock, dice and ids come in as arguments.',
      severity: 'error',
      from: {
        path: '^subgraphs/[^/]+/[^/]+/[^/.]+\\.ts$',
        // The import's two doors to the file system stand beside its rules.
        pathNot: ['/(generated|internal)/', '^subgraphs/catalog/import/(csv-file|image-folder)\\.ts$'],
      },
      to: {
        path: '^(mongoose|graphql|type-graphql|dataloader|node:fs|node:net|node:http|fs|net|http)|node_modules/(mongoose|graphql|type-graphql|dataloader|graphql-ws|fastify)/',
      },
    },
    {
      name: 'money-is-pure',
      severity: 'error',
      from: { path: '^platform/(money/money|user-errors/refusal|clock/clock)\\.ts$' },
      to: { path: 'node_modules/(mongoose|graphql|type-graphql)/' },
    },
    {
      name: 'no-cycles',
      comment: 'A cycle means two files are one idea, or three.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-undeclared-packages',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-test-tools-in-the-product',
      severity: 'error',
      from: {
        path: '^(gateway|subgraphs|platform|embedded|tools)/',
        pathNot: [tests, '^tools/(schema|breaking-changes|proof)'],
      },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(node_modules|dist|\\.data)/' },
  },
};

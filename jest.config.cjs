// Two projects: `unit` is the inner loop (rules, one subgraph, the embedded database), `journey` is everything
// that crosses subgraphs through a real gateway. `npm test` runs both; `npm run test:quick` runs the first.
const shared = {
  testEnvironment: 'node',
  rootDir: __dirname,
  setupFiles: ['<rootDir>/test/setup.cjs'],
  transform: {
    '^.+\\.(t|m?j)s$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: false, useDefineForClassFields: false },
          target: 'es2022',
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  // jose and a few others ship only ES modules, which Jest's own loader cannot require as they are.
  transformIgnorePatterns: [
    '/node_modules/(?!(jose|graphql-ws|graphql-sse|graphql-http|typeid-js|uuid|content-disposition)/)',
  ],
  modulePathIgnorePatterns: ['<rootDir>/.data', '<rootDir>/dist'],
};

module.exports = {
  reporters: ['default', ...(process.env.JEST_JSON_REPORT ? ['<rootDir>/test/support/json-reporter.cjs'] : [])],
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/{platform,embedded,subgraphs,gateway,tools,embeds,bench}/**/*.test.ts'],
    },
    { ...shared, displayName: 'journey', testMatch: ['<rootDir>/test/**/*.test.ts'] },
  ],
  testTimeout: 60000,
  maxWorkers: 2,
};

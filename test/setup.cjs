// type-graphql checks for the Reflect polyfill when its decorators run; the gateway must never report usage from a test.
require('reflect-metadata');
process.env.APOLLO_TELEMETRY_DISABLED = 'true';

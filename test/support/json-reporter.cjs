const { writeFileSync } = require('node:fs');

/** Leaves Jest's own result object as JSON where JEST_JSON_REPORT says; `.ci/run` reads the counts from it. */
class JsonReporter {
  onRunComplete(_contexts, results) {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites } = results;
    writeFileSync(
      process.env.JEST_JSON_REPORT,
      JSON.stringify({ numPassedTests, numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites }),
    );
  }
}

module.exports = JsonReporter;

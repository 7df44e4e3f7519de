// The thread's entry is plain JavaScript: it teaches this thread TypeScript, whatever the parent runs under (Jest's
// own transform does not reach worker threads), and then loads the real thing.
const { parentPort } = require('node:worker_threads');

try {
  require('tsx/cjs/api').register();
  require('./worker.ts');
} catch (error) {
  parentPort.postMessage({ type: 'failed', name: error.name, message: error.message, stack: error.stack });
}

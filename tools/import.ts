import 'reflect-metadata';
import { Command } from 'commander';
import { runCommand } from './import/exit';
import { importProducts } from './import/import-products';
import { importReviews } from './import/import-reviews';

process.once('SIGINT', () => {
  console.error('\nStopped. Run the same command again: it goes on where it was.');
  process.exit(130);
});

runCommand(
  new Command('import')
    .description('Brings data into the shop. Runs beside a running server as well as without one.')
    .addCommand(importProducts())
    .addCommand(importReviews()),
).then((status) => {
  process.exitCode = status;
});

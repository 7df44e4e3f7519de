import 'reflect-metadata';
import { Command } from 'commander';
import { runCommand } from './import/exit';
import { exportProducts } from './import/export-products';

runCommand(
  new Command('export')
    .description('Writes data of the shop to files. Runs beside a running server as well as without one.')
    .addCommand(exportProducts()),
).then((status) => {
  process.exitCode = status;
});

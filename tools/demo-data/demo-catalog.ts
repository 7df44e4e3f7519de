import path from 'node:path';
import { DEFAULT_LOCATION } from '../../subgraphs/catalog';
import type { StackPreparation } from '../stack';

/** A small part of the Hong Kong grocery catalogue; ATTRIBUTION.md beside it says whose it is. */
const EXTRACT = path.join(__dirname, 'hk-grocery-extract.csv');

/** Brings the extract in by the same import that merchants use; a repeat changes nothing. */
export async function importDemoCatalog(stack: StackPreparation, defaultStock: number): Promise<void> {
  const summary = await stack.runtime.running.catalog.services.productImport.run({
    file: EXTRACT,
    currencyCode: stack.config.currencyCode,
    defaultStock,
    images: null,
    location: DEFAULT_LOCATION,
  });
  const [refusal] = summary.refusals;
  if (refusal) throw new Error(`The demo catalogue does not import: ${JSON.stringify(refusal)}`);
}

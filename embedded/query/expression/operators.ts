import { BOOLEAN_OPERATORS } from './boolean';
import type { OperatorTable } from './scope';

/** Every aggregation expression operator by name. */
export const OPERATORS: OperatorTable = new Map([...BOOLEAN_OPERATORS]);

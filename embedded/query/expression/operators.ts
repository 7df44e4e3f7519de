import { ARITHMETIC_OPERATORS } from './arithmetic';
import { ARRAY_OPERATORS } from './array';
import { BOOLEAN_OPERATORS } from './boolean';
import { CONVERSION_OPERATORS } from './convert';
import { DATE_OPERATORS } from './date';
import { FUNCTION_OPERATORS } from './functions';
import { ITERATION_OPERATORS } from './iteration';
import { OBJECT_OPERATORS } from './object';
import { REGEX_OPERATORS } from './regex';
import type { OperatorTable } from './scope';
import { STRING_OPERATORS } from './string';

/** Every aggregation expression operator by name. */
export const OPERATORS: OperatorTable = new Map([
  ...BOOLEAN_OPERATORS,
  ...ARITHMETIC_OPERATORS,
  ...FUNCTION_OPERATORS,
  ...STRING_OPERATORS,
  ...REGEX_OPERATORS,
  ...ARRAY_OPERATORS,
  ...ITERATION_OPERATORS,
  ...OBJECT_OPERATORS,
  ...DATE_OPERATORS,
  ...CONVERSION_OPERATORS,
]);

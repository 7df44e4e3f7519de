import { abstractCategories } from './abstract';
import type { AuditCategory } from './category';
import { interfaceObjectCategories } from './interface-objects';
import { keyCategories } from './keys';
import { requiresCategories } from './requires';
import { mergingCategories } from './schema-merging';
import { sharingCategories } from './sharing';
import { stockFaultCategories } from './stock-faults';

export const AUDIT: readonly AuditCategory[] = [
  ...keyCategories,
  ...requiresCategories,
  ...abstractCategories,
  ...interfaceObjectCategories,
  ...sharingCategories,
  ...mergingCategories,
  ...stockFaultCategories,
];

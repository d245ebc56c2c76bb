import { catalog } from './catalog.ts';
import type { Query } from './define-query.ts';
import { resources } from './resources.ts';

/** The queries, in the order in which they are listed. */
export const queries: readonly Query[] = [resources, catalog];

import type { Query } from './define-query.ts';
import { resources } from './resources.ts';

/** The queries that read resources, in the order in which they are listed. Reads of the server's own state are GraphQL's. */
export const queries: readonly Query[] = [resources];

import type { JsonObject } from '../../lib/json.ts';
import { catalog } from './catalog.ts';
import type { Query } from './define-query.ts';
import { resources } from './resources.ts';

/**
 * The queries that steps and `execute` can call, in the order in which they are listed.
 * @param describe gives what the server can do, for `catalog`
 */
export function createQueries(describe: () => JsonObject): readonly Query[] {
  return [resources, catalog(describe)];
}

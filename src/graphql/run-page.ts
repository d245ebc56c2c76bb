import type { RunRecord } from '../core/run.ts';
import type { Page } from '../core/store-reader.ts';
import type { RunView } from '../surfaces/graphql/schema/nodes/refs.ts';

/** A page of runs as the resolvers of Run take them. */
export function runPage(page: Page<RunRecord>): Page<RunView> {
  return { ...page, edges: page.edges.map(({ cursor, node }) => ({ cursor, node: { run: node } })) };
}

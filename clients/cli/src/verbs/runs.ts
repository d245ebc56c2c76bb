import type { RunFilter, RunPartsFragment } from '../../../sdk/src/generated/graphql.ts';
import { operation } from '../connection/operation.ts';
import type { Context } from '../frame/context.ts';
import { printPages } from '../frame/print-pages.ts';
import { parseLimit } from '../input/limit.ts';
import { parseRunFilter, type RunFilterOptions } from '../input/run-filter.ts';
import { runRow } from '../output/run-row.ts';
import { formatDuration } from '../output/time.ts';

/** Lists runs, newest first. */
export async function run(
  ctx: Context,
  _args: readonly unknown[],
  options: RunFilterOptions & { readonly limit?: string },
): Promise<undefined> {
  const limit = parseLimit(options.limit);
  const now = Date.now();
  const filter = parseRunFilter(options, now);
  const client = await ctx.client();
  await printPages(
    ctx,
    limit,
    async (page) => (await client.request(ListRuns, { filter, ...page }, { signal: ctx.signal })).runs,
    ctx.output === 'table' ? (run) => briefRow(run, now) : wholeRow,
  );
}

type ListedRun = Pick<RunPartsFragment, 'id' | 'kind' | 'state' | 'createdAt' | 'finishedAt'> & {
  readonly workflow: string | null;
  readonly goal: string;
  readonly labels: unknown;
  readonly error: { readonly code: string } | null;
};

function wholeRow({ kind, error, createdAt, finishedAt, labels, ...run }: ListedRun) {
  const { goal, ...row } = runRow(run);
  return { ...row, kind, error: error?.code ?? null, createdAt, finishedAt, labels, goal };
}

/** The columns that are read first, as narrow as they can be. */
function briefRow({ id, state, createdAt, workflow, error, goal }: ListedRun, now: number) {
  const age = formatDuration(Math.max(0, now - Date.parse(createdAt)));
  return { id, state, age, workflow, error: error?.code ?? null, goal };
}

interface RunPage {
  readonly runs: {
    readonly nodes: readonly ListedRun[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

const ListRuns = operation<RunPage, { filter: RunFilter; first: number; after?: string }>(`
  query ListRuns($filter: RunFilter, $first: Int, $after: String) {
    runs(filter: $filter, first: $first, after: $after) {
      nodes { id kind state workflow goal labels createdAt finishedAt error { code } }
      pageInfo { hasNextPage endCursor }
    }
  }`);

import type { Context } from '../frame/context.ts';
import { printPages } from '../frame/print-pages.ts';
import { ListRunsDocument, type ListRunsQuery } from '../generated/graphql.ts';
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
    async (page) => (await client.request(ListRunsDocument, { filter, ...page }, { signal: ctx.signal })).runs,
    ctx.output === 'table' ? (run) => briefRow(run, now) : wholeRow,
  );
}

type ListedRun = ListRunsQuery['runs']['nodes'][number];

function wholeRow({ kind, error, createdAt, finishedAt, labels, ...run }: ListedRun) {
  const { goal, ...row } = runRow(run);
  return { ...row, kind, error: error?.code ?? null, createdAt, finishedAt, labels, goal };
}

/** The columns that are read first, as narrow as they can be. */
function briefRow({ id, state, createdAt, workflow, error, goal }: ListedRun, now: number) {
  const age = formatDuration(Math.max(0, now - Date.parse(createdAt)));
  return { id, state, age, workflow, error: error?.code ?? null, goal };
}

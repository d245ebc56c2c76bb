import { randomUUID } from 'node:crypto';
import { StartRunDocument } from '../../../../sdk/src/generated/graphql.ts';
import { SignalboxError, unwrap } from '../../../../sdk/src/index.ts';
import type { Context } from '../../frame/context.ts';
import { printPages } from '../../frame/print-pages.ts';
import {
  PauseScheduleDocument,
  ResumeScheduleDocument,
  ScheduleDocument,
  type ScheduleRowFragment,
  SchedulesDocument,
} from '../../generated/graphql.ts';
import { parseLimit } from '../../input/limit.ts';
import { runRow } from '../../output/run-row.ts';

export async function list(ctx: Context, _: readonly unknown[], options: unknown): Promise<undefined> {
  const client = await ctx.client();
  await printPages(
    ctx,
    parseLimit((options as { readonly limit?: string }).limit),
    async (page) => (await client.request(SchedulesDocument, page, ctx)).schedules,
    rowOf,
  );
}

export async function pause(ctx: Context, [name]: readonly unknown[]): Promise<undefined> {
  const client = await ctx.client();
  const { pauseSchedule } = await client.request(PauseScheduleDocument, { input: { name: String(name) } }, ctx);
  await ctx.print([rowOf(unwrap(pauseSchedule))]);
}

export async function resume(ctx: Context, [name]: readonly unknown[]): Promise<undefined> {
  const client = await ctx.client();
  const { resumeSchedule } = await client.request(ResumeScheduleDocument, { input: { name: String(name) } }, ctx);
  await ctx.print([rowOf(unwrap(resumeSchedule))]);
}

/** Starts the workflow of a schedule now, on behalf of the caller. */
export async function runNow(ctx: Context, [argument]: readonly unknown[]): Promise<undefined> {
  const name = String(argument);
  const client = await ctx.client();
  const { workflow } = await client.request(ScheduleDocument, { name }, ctx);
  if (!workflow?.schedule)
    throw new SignalboxError('NOT_FOUND', `No workflow ${name} has a schedule. signalbox schedules lists them.`);
  const input = { source: { name }, idempotencyKey: randomUUID() };
  await ctx.print([runRow(unwrap((await client.request(StartRunDocument, { input }, ctx)).startRun))]);
}

function rowOf({ workflow, cron, timeZone, paused, nextAt, lastRun, principal }: ScheduleRowFragment) {
  const { id: lastId, state: lastState } = lastRun ?? {};
  return { id: workflow.name, cron, timeZone, paused, nextAt, lastState, lastRun: lastId, user: principal.username };
}

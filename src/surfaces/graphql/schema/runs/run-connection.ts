import { Fault } from '../../../../core/errors.ts';
import type { RunFilter as Filter } from '../../../../core/store-reader.ts';
import { isJsonObject } from '../../../../lib/json.ts';
import { callerScope } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { createConnectionType, parsePageArgs } from '../builder/pagination.ts';
import { ErrorCode } from '../errors/errors.ts';
import { Run } from '../nodes/refs.ts';
import { toRunViewPage } from '../nodes/run-view.ts';
import { RunKind, RunState } from './run-state.ts';

export const RunFilter = builder.inputType('RunFilter', {
  description: 'Conditions for runs. All of those that are set must match.',
  fields: (t) => ({
    state: t.field({ type: [RunState], description: 'Runs in one of these states.' }),
    kind: t.field({ type: [RunKind], description: 'Runs of one of these kinds.' }),
    workflow: t.string({ description: 'Runs of the workflow with this name.' }),
    principal: t.string({ description: 'Runs started by this subject or user name.' }),
    label: t.field({ type: 'JSON', description: 'Runs with all of these labels: `{"team": "sales"}`.' }),
    createdAfter: t.field({ type: 'DateTime', description: 'Runs accepted after this time.' }),
    createdBefore: t.field({ type: 'DateTime', description: 'Runs accepted before this time.' }),
    text: t.string({
      description:
        'Runs with this text in their ID, their goal, or the name of their workflow or of one of their commands.',
    }),
    q: t.string({
      description:
        'Runs that have each of these words in their goal, the name of their workflow, their labels, their error or their inputs. Words are separated by spaces, match within other words, and A to Z match a to z. Labels, error and inputs are searched as JSON, names and values; of error and inputs the first 2048 characters. Maximum 256 characters and 8 words.',
    }),
    roots: t.boolean({ description: 'True: only runs that no step of another run started. Default: false, all.' }),
    errorCode: t.field({ type: [ErrorCode], description: 'Runs whose error has one of these codes.' }),
    schedule: t.string({
      description: 'Runs that the schedule of this workflow started, by the label `schedule` that it gives them.',
    }),
    rerunOf: t.id({ description: 'Runs that repeat the run with this ID: `run_…`.' }),
    longerThanMs: t.field({
      type: 'SafeInt',
      description:
        'Runs that took longer than so many milliseconds from their start to their end, or have been running for longer.',
    }),
  }),
});

type RunFilterInput = typeof RunFilter.$inferInput;

/** The filter in the form of the store. @throws Fault BAD_INPUT when `label` is not an object */
export function toRunFilter(given: RunFilterInput | null | undefined): Filter {
  if (!given) return {};
  const { state, kind, workflow, principal, label, createdAfter, createdBefore, text } = given;
  const { q, roots, errorCode, schedule, rerunOf, longerThanMs } = given;
  if (label != null && !isJsonObject(label)) {
    throw new Fault('BAD_INPUT', 'filter.label must be an object of names and values.', { path: ['filter', 'label'] });
  }
  return {
    ...(state && { state }),
    ...(kind && { kind }),
    ...(workflow != null && { workflow }),
    ...(principal != null && { principal }),
    ...(label != null && { label }),
    ...(createdAfter && { createdAfter }),
    ...(createdBefore && { createdBefore }),
    ...(text != null && { text }),
    ...(q != null && { words: q }),
    ...(roots != null && { roots }),
    ...(errorCode && { errorCode }),
    ...(schedule != null && { schedule }),
    ...(rerunOf != null && { rerunOf }),
    ...(longerThanMs != null && { longerThanMs }),
  };
}

export const RunConnection = createConnectionType('Run', Run);

builder.queryField('runs', (t) =>
  t.field({
    type: RunConnection,
    description: 'Runs, newest first: your own, or all of your tenant when the policy allows it.',
    extensions: { cost: 20 },
    args: {
      filter: t.arg({ type: RunFilter, description: 'Only matching runs. Default: all.' }),
      first: t.arg.int({ description: 'Page size, from the newest run. Maximum 100; default 50.' }),
      after: t.arg.string({ description: 'Only entries after this cursor of an earlier page.' }),
      last: t.arg.int({ description: 'Page size, from the oldest run. Maximum 100. Cannot be combined with `first`.' }),
      before: t.arg.string({ description: 'Only entries before this cursor of an earlier page.' }),
    },
    resolve: async (_, { filter, ...page }, ctx) =>
      toRunViewPage(await ctx.app.reader.runs(callerScope(ctx), toRunFilter(filter), parsePageArgs(page))),
  }),
);

import { Fault } from '../../../../core/errors.ts';
import type { RunFilter as Filter } from '../../../../core/store-reader.ts';
import { isJsonObject } from '../../../../lib/json.ts';
import { callerScope } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { createConnectionType, parsePageArgs } from '../builder/pagination.ts';
import { Run } from '../nodes/refs.ts';
import { toRunViewPage } from '../nodes/run-view.ts';
import { RunKind, RunState } from './run-state.ts';

export const RunFilter = builder.inputType('RunFilter', {
  description: 'Which runs are wanted. What is left out does not narrow; what is given must all hold.',
  fields: (t) => ({
    state: t.field({ type: [RunState], description: 'In one of these states.' }),
    kind: t.field({ type: [RunKind], description: 'Of one of these kinds.' }),
    workflow: t.string({ description: 'Of the workflow with this name.' }),
    principal: t.string({ description: 'Started by this subject or user name.' }),
    label: t.field({ type: 'JSON', description: 'With all of these labels: `{"team": "sales"}`.' }),
    createdAfter: t.field({ type: 'DateTime', description: 'Accepted later than this.' }),
    createdBefore: t.field({ type: 'DateTime', description: 'Accepted earlier than this.' }),
    text: t.string({
      description: 'With this text in its id, its goal, or the name of its workflow or of one of its commands.',
    }),
  }),
});

type RunFilterInput = typeof RunFilter.$inferInput;

/** As the store takes it. @throws Fault BAD_INPUT when `label` is no object */
export function toRunFilter(given: RunFilterInput | null | undefined): Filter {
  if (!given) return {};
  const { state, kind, workflow, principal, label, createdAfter, createdBefore, text } = given;
  if (label != null && !isJsonObject(label)) {
    throw new Fault('BAD_INPUT', 'filter.label is an object of names and values.', { path: ['filter', 'label'] });
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
  };
}

export const RunConnection = createConnectionType('Run', Run);

builder.queryField('runs', (t) =>
  t.field({
    type: RunConnection,
    description: 'Runs, newest first: your own, or all of your tenant where the policy lets you see them.',
    args: {
      filter: t.arg({ type: RunFilter, description: 'Only the runs that match all of this.' }),
      first: t.arg.int({ description: 'How many, from the newest on: at most 100, and 50 unless told.' }),
      after: t.arg.string({ description: 'Only those after this cursor of an earlier page.' }),
      last: t.arg.int({ description: 'How many, from the oldest on: at most 100. Not together with `first`.' }),
      before: t.arg.string({ description: 'Only those before this cursor of an earlier page.' }),
    },
    resolve: async (_, { filter, ...page }, ctx) =>
      toRunViewPage(await ctx.app.reader.runs(callerScope(ctx), toRunFilter(filter), parsePageArgs(page))),
  }),
);

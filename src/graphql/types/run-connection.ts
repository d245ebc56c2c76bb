import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Run } from '../../surfaces/graphql/schema/nodes/refs.ts';
import { callerScope } from '../caller-scope.ts';
import { connection } from '../connection.ts';
import { pageArgs } from '../page-args.ts';
import { runPage } from '../run-page.ts';
import { RunFilter, toRunFilter } from './run-filter.ts';

export const RunConnection = connection('Run', Run);

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
      runPage(await ctx.app.reader.runs(callerScope(ctx), toRunFilter(filter), pageArgs(page))),
  }),
);

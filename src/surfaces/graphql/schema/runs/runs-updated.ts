import { Fault } from '../../../../core/errors.ts';
import { idPrefix } from '../../../../core/ids.ts';
import { callerScope } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { MAX_PAGE_SIZE, requireInRange } from '../builder/pagination.ts';
import { Run } from '../nodes/refs.ts';
import { RunFilter, toRunFilter } from './run-connection.ts';
import { MAX_NEW_RUNS, type RunsChange, watchRuns } from './watch-runs.ts';

const RunsUpdate = builder.objectRef<RunsChange>('RunsUpdate').implement({
  description: 'What has changed in a list of runs since the previous update.',
  fields: (t) => ({
    runs: t.field({
      type: [Run],
      description:
        'The runs of `ids` that have changed, as they are now; in the first update all of them. A line of a log is a change too.',
      extensions: { listSize: 1 },
      resolve: ({ runs }) => runs.map((run) => ({ run })),
    }),
    new: t.int({
      description: `Number of runs after \`newerThan\`, in the order of \`runs\`, that match the filter now. At most ${MAX_NEW_RUNS}, of which there may be more; runs that few newer ones resemble are looked for among the next 10,000.`,
      resolve: ({ newRuns }) => newRuns,
    }),
  }),
});

builder.subscriptionField('runsUpdated', (t) =>
  t.field({
    type: RunsUpdate,
    description:
      'Keeps a list of runs current: an update at once, and then at most one a second, when one of the runs has changed or there are other new ones. Each update has the latest state, so it costs the same however much happens, and a slow reader misses nothing but intermediate states. After a disconnection subscribe again with the same `newerThan`. Never completes.',
    args: {
      ids: t.arg.idList({
        required: true,
        description: `IDs of the runs that are shown. Maximum ${MAX_PAGE_SIZE}. Runs that you may not see are ignored.`,
      }),
      filter: t.arg({ type: RunFilter, description: 'Which new runs count. Default: all.' }),
      newerThan: t.arg.id({
        description:
          'ID of the run after which others are new: the first of the list. Default: the newest run that you may see when the subscription begins.',
      }),
    },
    subscribe: async (_, { ids, filter: given, newerThan }, ctx) => {
      const filter = toRunFilter(given);
      requireInRange('ids', ids.length, 0, MAX_PAGE_SIZE, 'show fewer runs at once');
      if (newerThan != null && idPrefix(newerThan) !== 'run') {
        throw new Fault('BAD_INPUT', 'newerThan must be the ID of a run: run_…', { path: ['newerThan'] });
      }
      // Refuses a filter that exceeds a limit before the stream begins. No id follows.
      await ctx.app.reader.countNewer(callerScope(ctx), filter, 'run_g', 1);
      return watchRuns(ctx, { ids, filter, ...(newerThan != null && { newerThan }) });
    },
    resolve: (change) => change,
  }),
);

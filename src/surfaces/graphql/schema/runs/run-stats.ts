import { RUN_STATES, type RunState as State } from '../../../../core/states.ts';
import type { StateCounts, RunStats as Stats } from '../../../../core/store-reader.ts';
import { callerScope } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { RunFilter, toRunFilter } from './run-connection.ts';
import { RunState } from './run-state.ts';

const MAX_BUCKETS = 300;

const StateCount = builder.objectRef<{ readonly state: State; readonly count: number }>('StateCount').implement({
  description: 'How many runs are in a state.',
  fields: (t) => ({
    state: t.expose('state', { type: RunState, description: 'The state.' }),
    count: t.exposeInt('count', { description: 'Number of runs, at least 1.' }),
  }),
});

const RunBucket = builder.objectRef<Stats['buckets'][number]>('RunBucket').implement({
  description: 'The runs that were accepted in one part of the time of RunStats.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'When the part begins. It ends where the next one begins.' }),
    byState: t.field({
      type: [StateCount],
      description: 'Number of runs in each state that occurs.',
      extensions: { listSize: RUN_STATES.length },
      resolve: ({ byState }) => toStateCounts(byState),
    }),
  }),
});

const RunStats = builder.objectRef<Stats>('RunStats').implement({
  description: 'Exact numbers of runs, by state and time.',
  fields: (t) => ({
    total: t.exposeInt('total', { description: 'Number of runs.' }),
    byState: t.field({
      type: [StateCount],
      description: 'Number of runs in each state that occurs.',
      extensions: { listSize: RUN_STATES.length },
      resolve: ({ byState }) => toStateCounts(byState),
    }),
    buckets: t.field({
      type: [RunBucket],
      description:
        'The runs by the time of their acceptance: parts of equal length, in order, also those without runs.',
      extensions: { listSize: MAX_BUCKETS },
      resolve: ({ buckets }) => [...buckets],
    }),
    p50Ms: t.float({
      nullable: true,
      description:
        'Median of the milliseconds from start to end of the runs that have ended (nearest rank). Null when none has.',
      resolve: ({ p50Ms }) => p50Ms ?? null,
    }),
    p95Ms: t.float({
      nullable: true,
      description: 'The same for 95 in 100 runs: only 5 in 100 took longer.',
      resolve: ({ p95Ms }) => p95Ms ?? null,
    }),
  }),
});

builder.queryField('runStats', (t) =>
  t.field({
    type: RunStats,
    description:
      'Numbers of the runs that `runs` would list, accepted from `from` up to `to`. Exact; of runs that change meanwhile each is counted once, in the state that it had at some moment of the request. Fails with TOO_COSTLY when more than 1,000,000 runs would have to be read for the conditions of the filter other than `state`, `roots`, `longerThanMs` and times, or 200,000 for `q` and `text`.',
    extensions: { cost: 1_000 },
    args: {
      filter: t.arg({ type: RunFilter, description: 'Only matching runs. Default: all.' }),
      from: t.arg({ type: 'DateTime', required: true, description: 'Beginning of the time.' }),
      to: t.arg({
        type: 'DateTime',
        required: true,
        description: 'End of the time; the moment itself does not belong to it.',
      }),
      buckets: t.arg.int({ defaultValue: 48, description: `Number of parts. Default 48; maximum ${MAX_BUCKETS}.` }),
    },
    resolve: (_, { filter, from, to, buckets }, ctx) =>
      ctx.app.reader.runStats(callerScope(ctx), toRunFilter(filter), { from, to, buckets: buckets ?? 48 }),
  }),
);

function toStateCounts(counts: StateCounts): { state: State; count: number }[] {
  return RUN_STATES.flatMap((state) => {
    const count = counts.get(state) ?? 0;
    return count === 0 ? [] : [{ state, count }];
  });
}

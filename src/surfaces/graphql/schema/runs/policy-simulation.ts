import type { PolicyProblem as Problem } from '../../../../core/policy.ts';
import type {
  PolicyChange as Change,
  PolicySimulation as Simulation,
} from '../../../../engine/requests/simulate-policy.ts';
import { requireUser } from '../../request/caller-scope.ts';
import { builder } from '../builder/builder.ts';
import { Run } from '../nodes/refs.ts';
import { findRun } from '../nodes/run-view.ts';
import { PolicyDecision } from '../policy/policy.ts';

const PolicyProblem = builder.objectRef<Problem>('PolicyProblem').implement({
  description: 'Something that is wrong with the text of a policy.',
  fields: (t) => ({
    line: t.exposeInt('line', { nullable: true, description: 'Line of the text, from 1. Null for the model.' }),
    message: t.exposeString('message', { description: 'What is wrong, and what to do about it.' }),
  }),
});

const PolicyChange = builder.objectRef<Change>('PolicyChange').implement({
  description: 'Recorded decisions about equal requests that the simulated policy would have made differently.',
  fields: (t) => ({
    before: t.expose('before', { type: PolicyDecision, description: 'The newest of them, as it was recorded.' }),
    after: t.expose('after', { type: PolicyDecision, description: 'What the simulated policy decides.' }),
    count: t.exposeInt('count', { description: 'Number of recorded decisions.' }),
    lastAt: t.expose('lastAt', { type: 'DateTime', description: 'When the newest of them was made.' }),
    lastRun: t.field({
      type: Run,
      nullable: true,
      description: 'The run of the newest of them. Null once it was removed.',
      extensions: { cost: 5 },
      resolve: ({ lastRunId }, _args, ctx) => findRun(lastRunId, ctx),
    }),
  }),
});

const PolicySimulation = builder.objectRef<Simulation>('PolicySimulation').implement({
  description: 'What another policy would have decided about the requests that runs have made.',
  fields: (t) => ({
    problems: t.field({
      type: [PolicyProblem],
      description: 'What is wrong with the rules, in the order of the text. With problems, nothing was decided again.',
      resolve: ({ problems }) => [...problems],
    }),
    decisions: t.exposeInt('decisions', { description: 'Number of recorded decisions that were decided again.' }),
    changed: t.exposeInt('changed', { description: 'How many of them would have had another effect.' }),
    changes: t.field({
      type: [PolicyChange],
      description: 'Those, by request, the most frequent first. Maximum 100.',
      extensions: { listSize: 20 },
      resolve: ({ changes }) => [...changes],
    }),
    from: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the oldest decision that was decided again was made. Null when there was none.',
      resolve: ({ from }) => from ?? null,
    }),
  }),
});

builder.queryField('simulatePolicy', (t) =>
  t.field({
    type: PolicySimulation,
    description:
      'Check the text of other rules, and decide the recorded requests of the runs that you may see with them: which would have had another effect. Reads the newest 500,000 events at most. Nothing changes. Requires permission for `query:policyRules`.',
    extensions: { cost: 2_000 },
    args: {
      rules: t.arg.string({
        required: true,
        description: 'The rules, as in the file `POLICY_FILE`. Maximum 524,288 characters.',
      }),
      since: t.arg({ type: 'DateTime', description: 'Only decisions from this time on. Default: a day ago.' }),
    },
    resolve: (_, { rules, since }, ctx) => ctx.app.engine.simulatePolicy(requireUser(ctx), rules, since ?? undefined),
  }),
);

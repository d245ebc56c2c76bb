import { Fault } from '../../../../core/errors.ts';
import type { ScheduleRecord } from '../../../../core/workflows/workflows.ts';
import type { ScheduleRule } from '../../../../workflow/model/workflow-document.ts';
import { authorizeWorkflowRead, callerScope, requireUser } from '../../request/caller-scope.ts';
import { Principal } from '../accounts/principal.ts';
import { builder } from '../builder/builder.ts';
import { createConnectionType, parsePageArgs } from '../builder/pagination.ts';
import { isRefusal, orRefusal, Refusal } from '../errors/refusal.ts';
import { Run, Workflow } from '../nodes/refs.ts';

const Schedule = builder.objectRef<ScheduleRecord>('Schedule');

Schedule.implement({
  description:
    'When the newest version of a saved workflow starts automatically. To start it now, use `startRun`; with the label `schedule` and its name, that is its `lastRun`.',
  fields: (t) => ({
    workflow: t.field({
      type: Workflow,
      description: 'The workflow.',
      extensions: { cost: 5 },
      resolve: async ({ tenant, name }, _args, { app }) => {
        const workflow = await app.workflows.find(tenant, name);
        if (!workflow) throw new Fault('NOT_FOUND', `The workflow ${name} was deleted.`);
        return workflow;
      },
    }),
    cron: t.string({ description: 'Times, as in crontab.', resolve: (schedule) => ruleOf(schedule).cron }),
    timeZone: t.string({ description: 'Time zone (IANA).', resolve: (schedule) => ruleOf(schedule).timeZone }),
    overlap: t.string({
      description: 'If the previous run has not ended: `skip`, `queue` or `allow`.',
      resolve: (schedule) => ruleOf(schedule).overlap,
    }),
    catchUp: t.string({
      description: 'For times that were missed: `none`, `one` or `all`.',
      resolve: (schedule) => ruleOf(schedule).catchUp,
    }),
    principal: t.expose('principal', { type: Principal, description: 'On whose behalf it starts.' }),
    paused: t.boolean({ description: 'Whether it is paused.', resolve: ({ nextAt }) => nextAt === undefined }),
    nextAt: t.expose('nextAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it starts next. Null while it is paused.',
    }),
    lastRun: t.field({
      type: Run,
      nullable: true,
      description: 'The newest run that it started and that you may see. Null when it has started none.',
      extensions: { cost: 5 },
      resolve: async ({ name }, _args, ctx) => {
        const filter = { workflow: name, label: { schedule: name } };
        const run = (await ctx.app.reader.runs(callerScope(ctx), filter, { first: 1 })).edges[0]?.node;
        return run ? { run } : null;
      },
    }),
  }),
});

const ruleOf = ({ rule }: ScheduleRecord) => rule as unknown as ScheduleRule;

const ScheduleConnection = createConnectionType('Schedule', Schedule);

builder.queryField('schedules', (t) =>
  t.field({
    type: ScheduleConnection,
    description:
      'The schedules of your tenant, those of the workflows that were saved last first. Requires permission for `query:workflows`.',
    args: {
      first: t.arg.int({ description: 'Page size. Maximum 100; default 50.' }),
      after: t.arg.string({ description: 'Only entries after this cursor of an earlier page.' }),
    },
    resolve: (_, page, ctx) => {
      const { tenant } = authorizeWorkflowRead(ctx);
      return ctx.app.schedules.list(tenant, parsePageArgs(page));
    },
  }),
);

builder.objectField(Workflow, 'schedule', (t) =>
  t.field({
    type: Schedule,
    nullable: true,
    description: 'The schedule of its newest version. Null when that has none.',
    extensions: { cost: 5 },
    resolve: async ({ tenant, name }, _args, { app }) => (await app.schedules.find(tenant, name)) ?? null,
  }),
);

const ScheduleResult = builder.unionType('ScheduleResult', {
  description: 'A schedule, or why the request was refused.',
  types: [Schedule, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'Schedule'),
});

const ScheduleInput = builder.inputType('ScheduleInput', {
  description: 'A schedule to change.',
  fields: (t) => ({ name: t.string({ required: true, description: 'Name of its workflow.' }) }),
});

const CHANGES = {
  pauseSchedule: 'Pause a schedule: no run starts by it until it is resumed, also when the workflow is saved again.',
  resumeSchedule:
    'Resume a schedule that was paused. It starts at the next time from now; earlier times are not made up for.',
} as const;

for (const [name, description] of Object.entries(CHANGES)) {
  builder.mutationField(name, (t) =>
    t.field({
      type: ScheduleResult,
      description,
      extensions: { cost: 100 },
      args: { input: t.arg({ type: ScheduleInput, required: true, description: 'The schedule.' }) },
      resolve: (_, { input }, ctx) =>
        orRefusal(async () => ctx.app.engine[name as keyof typeof CHANGES](requireUser(ctx), input.name)),
    }),
  );
}

import type { RunOutcome } from '../../engine/requests/engine.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { Resource, Run } from '../../surfaces/graphql/schema/nodes/refs.ts';
import { viewOfOutput } from '../resource-view.ts';

export const CommandOutcome = builder.objectRef<RunOutcome>('CommandOutcome').implement({
  description: 'A command that was accepted: its run, and what it made.',
  fields: (t) => ({
    run: t.field({
      type: Run,
      description: 'The run, with its state, its steps and its error.',
      resolve: ({ snapshot }) => snapshot,
    }),
    resource: t.field({
      type: Resource,
      nullable: true,
      description: 'What it made. Null while the run waits, or when it failed: `run.error` says why.',
      resolve: ({ output }, _args, ctx) => (output ? viewOfOutput(output, ctx) : null),
    }),
  }),
});

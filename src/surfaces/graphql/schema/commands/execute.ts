import type { RunOutcome } from '../../../../engine/requests/engine.ts';
import { requireUser } from '../../request/caller-scope.ts';
import { currentTrace } from '../../request/context.ts';
import { builder } from '../builder/builder.ts';
import { requireJsonObject } from '../builder/json.ts';
import { isRefusal, orRefusal, Refusal } from '../errors/refusal.ts';
import { Resource, Run } from '../nodes/refs.ts';
import { viewFromOutput } from '../nodes/resource-view.ts';
import { ResourceInput, toResourceInput } from '../resources/resource-input.ts';

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
      resolve: ({ output }, _args, ctx) => (output ? viewFromOutput(output, ctx) : null),
    }),
  }),
});

export const CommandResult = builder.unionType('CommandResult', {
  description: 'What came of a command, or why it was not begun.',
  types: [CommandOutcome, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'CommandOutcome'),
});

const ExecuteInput = builder.inputType('ExecuteInput', {
  description: 'A command by its name, for callers that learn the name only while they run.',
  fields: (t) => ({
    command: t.string({ required: true, description: 'Its name, as `catalog.commands` lists it.' }),
    source: t.field({ type: ResourceInput, description: 'The option `source`, where the command has one.' }),
    schemaUri: t.field({ type: 'URI', description: 'The option `schemaUri`, where the command has one.' }),
    outputMediaType: t.field({
      type: 'MediaType',
      description: 'What the result must be, or the run fails; parameters are not compared.',
    }),
    options: t.field({
      type: 'JSON',
      description: 'The other options: an object that fits `catalog.commands.options`.',
    }),
    idempotencyKey: t.string({
      description: 'Text of your own. The same key again gives the same run instead of another one.',
    }),
  }),
});

builder.mutationField('execute', (t) =>
  t.field({
    type: CommandResult,
    description: 'Run any command by its name. Each command has a field of its own too, with typed options.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: ExecuteInput, required: true, description: 'The command and its options.' }) },
    resolve: (_, { input }, ctx) => {
      const { command, source, schemaUri, outputMediaType, options, idempotencyKey } = input;
      return orRefusal(async () =>
        ctx.app.engine.executeCommand(requireUser(ctx), {
          command,
          options: {
            ...requireJsonObject(options ?? {}, ['input', 'options']),
            ...(source && { source: toResourceInput(source) }),
            ...(schemaUri != null && { schemaUri }),
          },
          ...(outputMediaType != null && { outputMediaType }),
          ...(idempotencyKey != null && { idempotencyKey }),
          ...currentTrace(ctx),
        }),
      );
    },
  }),
);

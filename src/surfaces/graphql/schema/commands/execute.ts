import type { RunOutcome } from '../../../../engine/requests/engine.ts';
import { requireUser } from '../../request/caller-scope.ts';
import { currentTrace } from '../../request/context.ts';
import { builder } from '../builder/builder.ts';
import { requireJsonObject } from '../builder/json.ts';
import { isRefusal, orRefusal, Refusal } from '../errors/refusal.ts';
import { Resource, Run } from '../nodes/refs.ts';
import { viewFromOutput } from '../nodes/resource-view.ts';
import { ResourceInput, toResourceInput } from '../resources/resource-input.ts';

const CommandOutcome = builder.objectRef<RunOutcome>('CommandOutcome').implement({
  description: 'An accepted command: its run and its output.',
  fields: (t) => ({
    run: t.field({
      type: Run,
      description: 'The run, with its state, its steps and its error.',
      resolve: ({ snapshot }) => snapshot,
    }),
    resource: t.field({
      type: Resource,
      nullable: true,
      description: 'Output of the command. Null while the run is waiting, and when it failed; `run.error` says why.',
      resolve: ({ output }, _args, ctx) => (output ? viewFromOutput(output, ctx) : null),
    }),
  }),
});

const CommandResult = builder.unionType('CommandResult', {
  description: 'The outcome of a command, or why it was refused.',
  types: [CommandOutcome, Refusal],
  resolveType: (value) => (isRefusal(value) ? 'Refusal' : 'CommandOutcome'),
});

const ExecuteInput = builder.inputType('ExecuteInput', {
  description: 'A command by name, for callers that know the name only at run time.',
  fields: (t) => ({
    command: t.string({
      required: true,
      description:
        'Name of the command, as in `catalog.commands`, or of the query `resources` or `catalog`. Other names: in any case, with dashes, and `from-url` and `introspect` for the queries.',
    }),
    source: t.field({ type: ResourceInput, description: 'The option `source`, when the command has it.' }),
    schemaUri: t.field({ type: 'URI', description: 'The option `schemaUri`, when the command has it.' }),
    outputMediaType: t.field({
      type: 'MediaType',
      description: 'Media type that the output must have; otherwise the run fails. Parameters are ignored.',
    }),
    options: t.field({
      type: 'JSON',
      description:
        'The other options: an object that matches `catalog.commands.options`, or an envelope of `input_uri`, `payload_b64`, `source_uris`, `schema_uri`, `output_mime` and `meta`.',
    }),
    idempotencyKey: t.string({
      description: 'Idempotency key. Repeating a request with the same key returns the original run.',
    }),
  }),
});

builder.mutationField('execute', (t) =>
  t.field({
    type: CommandResult,
    description:
      'Run any command by name, or a query as the only step of a run. Each also has its own field, with typed options.',
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

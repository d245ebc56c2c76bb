import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { ResourceInput, toSource } from '../../surfaces/graphql/schema/resources/resource-input.ts';
import { asObject } from '../as-object.ts';
import { signedIn } from '../caller-scope.ts';
import { refusable } from '../refusable.ts';
import { traceOf } from '../trace-of.ts';
import { CommandResult } from './command-result.ts';

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
      return refusable(async () =>
        ctx.app.engine.executeCommand(signedIn(ctx), {
          command,
          options: {
            ...asObject(options ?? {}, ['input', 'options']),
            ...(source && { source: toSource(source) }),
            ...(schemaUri != null && { schemaUri }),
          },
          ...(outputMediaType != null && { outputMediaType }),
          ...(idempotencyKey != null && { idempotencyKey }),
          ...traceOf(ctx),
        }),
      );
    },
  }),
);

import {
  type GraphQLFieldConfig,
  type GraphQLInputFieldConfig,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  type GraphQLUnionType,
} from 'graphql';
import { type AnyCommand, isComposite } from '../../../../commands/definition/define-command.ts';
import type { JsonObject } from '../../../../lib/json.ts';
import { requireUser } from '../../request/caller-scope.ts';
import { type Context, currentTrace } from '../../request/context.ts';
import { orRefusal } from '../errors/refusal.ts';
import { inputFromOptions, toPascalCase } from './input-from-options.ts';

const IDEMPOTENCY_KEY_INPUT: GraphQLInputFieldConfig = {
  type: GraphQLString,
  description: 'Idempotency key. Repeating a request with the same key returns the original run.',
};

const META_DESCRIPTION = 'The same options in an envelope of another system: an object such as `{"steps": […]}`.';

/** A command may start work of any size, which the policy and the engine limit; this only limits one request. */
const COMMAND_COST = 100;

/**
 * The schema with one mutation for each command, before its other mutations.
 * @throws Error when a command's name is taken, or its options have no GraphQL input
 */
export function withCommandMutations(base: GraphQLSchema, commands: readonly AnyCommand[]): GraphQLSchema {
  const config = base.toConfig();
  const mutation = config.mutation?.toConfig();
  if (!mutation) throw new Error('the schema has no Mutation type to add commands to');
  const made = new Map<string, GraphQLNamedType>();
  const named = (name: string) => made.get(name) ?? base.getType(name);
  const { signIn, ...others } = mutation.fields;
  const fields: Record<string, GraphQLFieldConfig<unknown, Context>> = { ...(signIn && { signIn }) };
  for (const command of commands) {
    if (command.name in mutation.fields || command.name in fields) {
      throw new Error(`The command ${command.name} cannot be a mutation: that name is taken. Rename the command.`);
    }
    fields[command.name] = createCommandMutation(command, named);
  }
  const Mutation = new GraphQLObjectType({ ...mutation, fields: { ...fields, ...others } });
  return new GraphQLSchema({
    ...config,
    mutation: Mutation,
    types: config.types.filter((type) => type.name !== Mutation.name),
  });
}

function createCommandMutation(
  command: AnyCommand,
  named: (name: string) => GraphQLNamedType | undefined,
): GraphQLFieldConfig<unknown, Context> {
  const { name, title, description } = command;
  const about = `Options of \`${name}\`.`;
  const takesMeta = isComposite(command) && !Object.hasOwn(command.options.properties, 'meta');
  const input = inputFromOptions(toPascalCase(name), about, command.options, named, {
    ...(takesMeta && { meta: { type: named('JSON') as GraphQLScalarType, description: META_DESCRIPTION } }),
    idempotencyKey: IDEMPOTENCY_KEY_INPUT,
  });
  return {
    type: new GraphQLNonNull(named('CommandResult') as GraphQLUnionType),
    description: `${title}. ${description}`,
    args: { input: { type: new GraphQLNonNull(input.type), description: about } },
    extensions: { cost: COMMAND_COST },
    resolve: (_, args, ctx) =>
      orRefusal(async () => {
        const { idempotencyKey, ...given } = args.input as JsonObject;
        return ctx.app.engine.executeCommand(requireUser(ctx), {
          command: name,
          options: { ...input.toOptions(given), ...(takesMeta && given.meta != null && { meta: given.meta }) },
          ...(typeof idempotencyKey === 'string' && { idempotencyKey }),
          ...currentTrace(ctx),
        });
      }),
  };
}

import { GraphQLSchema, printSchema } from 'graphql';
import type { AnyCommand } from '../../../commands/definition/define-command.ts';
import { makeFaultsLocatable } from '../request/locatable-errors.ts';
import { builder } from './builder/builder.ts';
import { withCommandMutations } from './commands/command-mutations.ts';
import { type PluginTypes, withPluginTypes } from './with-plugin-types.ts';
// Each module adds its types, and their fields of Query, Mutation and Subscription, in this order.
import './builder/scalars.ts';
import './builder/json.ts';
import './builder/root-types.ts';
import './server/health.ts';
import './server/server.ts';
import './accounts/principal.ts';
import './server/catalog.ts';
import './nodes/node.ts';
import './resources/resource.ts';
import './resources/read-resources.ts';
import './runs/flow-wait.ts';
import './runs/run.ts';
import './runs/run-connection.ts';
import './runs/run-stats.ts';
import './runs/run-text.ts';
import './runs/runs-updated.ts';
import './runs/run-step-counts.ts';
import './steps/step.ts';
import './steps/logs.ts';
import './steps/step-counts.ts';
import './steps/token-usage.ts';
import './steps/repair.ts';
import './resources/artifact.ts';
import './runs/approval.ts';
import './workflows/workflow.ts';
import './workflows/workflow-conversion.ts';
import './workflows/workflow-validation.ts';
import './journal/event-batch.ts';
import './events/run-events.ts';
import './events/step-events.ts';
import './events/agent-events.ts';
import './events/decision-events.ts';
import './policy/policy.ts';
import './runs/policy-simulation.ts';
import './policy/quotas.ts';
import './runs/run-verification.ts';
import './journal/tree-consistency.ts';
import './commands/conversion-mode.ts';
import './accounts/sign-in.ts';
import './accounts/api-token.ts';
import './accounts/account.ts';
import './accounts/saved-view.ts';
import './accounts/secret-names.ts';
import './resources/artifacts.ts';
import './commands/execute.ts';
import './workflows/start-run.ts';
import './agents/run-agent.ts';
import './jobs/submit-job.ts';
import './jobs/dead-letters.ts';
import './agents/delete-memory.ts';
import './cluster/worker.ts';
import './cluster/worker-restrictions.ts';
import './accounts/drive-connection.ts';
import './runs/run-control.ts';
import './workflows/saved-workflows.ts';
import './workflows/schedule.ts';
import './workflows/webhook-trigger.ts';
import './webhooks/webhook-mutations.ts';

/**
 * The schema with a mutation for each command, and the types of plugins.
 * @param types default: those of a server without plugins
 * @throws Error when a command or a backend cannot be part of it
 */
export function buildSchema(commands: readonly AnyCommand[], types?: PluginTypes): GraphQLSchema {
  const plain = builder.toSchema({ sortSchema: false });
  const base = types ? withPluginTypes(plain, types) : plain;
  const schema = withTypesInReadingOrder(withCommandMutations(base, commands));
  return makeFaultsLocatable(schema);
}

/** `schema.graphql`, byte for byte. */
export function printContract(schema: GraphQLSchema): string {
  return `${printSchema(schema)}\n`;
}

/** The roots first, then every type where it is first used, so that the contract can be read in order. */
function withTypesInReadingOrder(schema: GraphQLSchema): GraphQLSchema {
  const { types, ...config } = schema.toConfig();
  const reached = new GraphQLSchema(config).getTypeMap();
  const roots = [config.query, config.mutation, config.subscription].filter((root) => root != null);
  // Types that are only reachable through an interface must be listed.
  return new GraphQLSchema({ ...config, types: [...roots, ...types.filter(({ name }) => !(name in reached))] });
}

import { GraphQLSchema, printSchema } from 'graphql';
import type { AnyCommand } from '../commands/definition/define-command.ts';
import { builder } from './builder.ts';
import { withCommandMutations } from './command-mutations.ts';
import { withLocatedFaults } from './located-faults.ts';
// Each of these adds its type, and the fields of Query, Mutation and Subscription that lead to it, in this order.
import './types/date-time.ts';
import './types/uri.ts';
import './types/json.ts';
import './types/base64.ts';
import './types/media-type.ts';
import './types/cursor.ts';
import './types/sha256.ts';
import './types/safe-int.ts';
import './types/query.ts';
import './types/mutation.ts';
import './types/subscription.ts';
import './types/health.ts';
import './types/principal.ts';
import './types/catalog.ts';
import './types/node.ts';
import './types/resource.ts';
import './types/resource-list.ts';
import './types/run.ts';
import './types/run-connection.ts';
import './types/step.ts';
import './types/artifact.ts';
import './types/approval.ts';
import './types/approval-connection.ts';
import './types/workflow.ts';
import './types/workflow-connection.ts';
import './types/workflow-validation.ts';
import './types/event-batch.ts';
import './types/run-created.ts';
import './types/run-state-changed.ts';
import './types/steps-added.ts';
import './types/step-state-changed.ts';
import './types/step-progress.ts';
import './types/log-line.ts';
import './types/agent-message.ts';
import './types/agent-delta.ts';
import './types/tool-called.ts';
import './types/tool-returned.ts';
import './types/artifact-created.ts';
import './types/policy-decided.ts';
import './types/approval-requested.ts';
import './types/approval-decided.ts';
import './types/signal-received.ts';
import './types/notification.ts';
import './types/policy-rule.ts';
import './types/explain-policy-input.ts';
import './types/run-verification.ts';
import './types/conversion-mode.ts';
import './types/sign-in-result.ts';
import './types/execute-input.ts';
import './types/start-run-input.ts';
import './types/run-agent-input.ts';
import './types/drive-connection.ts';
import './types/cancel-run-input.ts';
import './types/retry-step-input.ts';
import './types/rerun-from-input.ts';
import './types/decide-approval-input.ts';
import './types/send-signal-input.ts';
import './types/save-workflow-input.ts';
import './types/delete-workflow-input.ts';
import './types/artifact-result.ts';

/** The schema with a mutation for each of these commands. @throws Error when one of them cannot have one */
export function buildSchema(commands: readonly AnyCommand[]): GraphQLSchema {
  const schema = inReadingOrder(withCommandMutations(builder.toSchema({ sortSchema: false }), commands));
  return withLocatedFaults(schema);
}

/** `schema.graphql`, byte for byte. */
export function printContract(schema: GraphQLSchema): string {
  return `${printSchema(schema)}\n`;
}

/** The roots first, then every type where it is first needed: the order in which one reads a contract. */
function inReadingOrder(schema: GraphQLSchema): GraphQLSchema {
  const { types, ...config } = schema.toConfig();
  const reached = new GraphQLSchema(config).getTypeMap();
  const roots = [config.query, config.mutation, config.subscription].filter((root) => root != null);
  // Types that only an interface leads to must be named.
  return new GraphQLSchema({ ...config, types: [...roots, ...types.filter(({ name }) => !(name in reached))] });
}

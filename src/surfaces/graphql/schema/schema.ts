import { GraphQLSchema, printSchema } from 'graphql';
import type { AnyCommand } from '../../../commands/definition/define-command.ts';
import { withLocatedFaults } from '../request/locatable-errors.ts';
import { builder } from './builder/builder.ts';
import { withCommandMutations } from './commands/command-mutations.ts';
// Each of these adds its type, and the fields of Query, Mutation and Subscription that lead to it, in this order.
import '../../../graphql/types/date-time.ts';
import '../../../graphql/types/uri.ts';
import '../../../graphql/types/json.ts';
import '../../../graphql/types/base64.ts';
import '../../../graphql/types/media-type.ts';
import '../../../graphql/types/cursor.ts';
import '../../../graphql/types/sha256.ts';
import '../../../graphql/types/safe-int.ts';
import '../../../graphql/types/query.ts';
import '../../../graphql/types/mutation.ts';
import '../../../graphql/types/subscription.ts';
import './server/health.ts';
import './accounts/principal.ts';
import '../../../graphql/types/catalog.ts';
import './nodes/node.ts';
import './resources/resource.ts';
import '../../../graphql/types/resource-list.ts';
import '../../../graphql/types/run.ts';
import '../../../graphql/types/run-connection.ts';
import '../../../graphql/types/step.ts';
import '../../../graphql/types/artifact.ts';
import '../../../graphql/types/approval.ts';
import '../../../graphql/types/approval-connection.ts';
import '../../../graphql/types/workflow.ts';
import '../../../graphql/types/workflow-connection.ts';
import '../../../graphql/types/workflow-validation.ts';
import '../../../graphql/types/event-batch.ts';
import '../../../graphql/types/run-created.ts';
import '../../../graphql/types/run-state-changed.ts';
import '../../../graphql/types/steps-added.ts';
import '../../../graphql/types/step-state-changed.ts';
import '../../../graphql/types/step-progress.ts';
import '../../../graphql/types/log-line.ts';
import '../../../graphql/types/agent-message.ts';
import '../../../graphql/types/agent-delta.ts';
import '../../../graphql/types/tool-called.ts';
import '../../../graphql/types/tool-returned.ts';
import '../../../graphql/types/artifact-created.ts';
import '../../../graphql/types/policy-decided.ts';
import '../../../graphql/types/approval-requested.ts';
import '../../../graphql/types/approval-decided.ts';
import '../../../graphql/types/signal-received.ts';
import '../../../graphql/types/notification.ts';
import '../../../graphql/types/policy-rule.ts';
import '../../../graphql/types/explain-policy-input.ts';
import '../../../graphql/types/run-verification.ts';
import './commands/conversion-mode.ts';
import '../../../graphql/types/sign-in-result.ts';
import '../../../graphql/types/execute-input.ts';
import './workflows/start-run.ts';
import './agents/run-agent.ts';
import './accounts/drive-connection.ts';
import '../../../graphql/types/cancel-run-input.ts';
import '../../../graphql/types/retry-step-input.ts';
import '../../../graphql/types/rerun-from-input.ts';
import '../../../graphql/types/decide-approval-input.ts';
import '../../../graphql/types/send-signal-input.ts';
import '../../../graphql/types/save-workflow-input.ts';
import '../../../graphql/types/delete-workflow-input.ts';
import '../../../graphql/types/artifact-result.ts';

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

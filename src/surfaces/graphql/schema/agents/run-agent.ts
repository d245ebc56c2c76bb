import { Fault } from '../../../../core/errors.ts';
import { readAgentFile } from '../../../../engine/requests/read-envelope.ts';
import { requireUser } from '../../request/caller-scope.ts';
import { currentTrace } from '../../request/context.ts';
import { builder } from '../builder/builder.ts';
import { requireJsonObject } from '../builder/json.ts';
import { orRefusal } from '../errors/refusal.ts';
import { IDEMPOTENCY_KEY_FIELD, parseWaitMs, RunResult, WAIT_MS_FIELD } from '../runs/run-request.ts';
import { AgentInput, toAgentSpec } from './agent-input.ts';

const RunAgentInput = builder.inputType('RunAgentInput', {
  description: 'An agent to run.',
  fields: (t) => ({
    agent: t.field({ type: AgentInput, description: 'The agent. Exactly one of agent and document.' }),
    document: t.field({
      type: 'JSON',
      description:
        'The agent as in an agent file: an object of role, goal, tools, backend, backend_config, memory_uri, output_schema and context.',
    }),
    context: t.field({
      type: 'JSON',
      description: 'Context of the agent: any JSON value. Not together with the context of an agent file.',
    }),
    labels: t.field({ type: 'JSON', description: 'Object of labels: names and values for filters.' }),
    waitMs: t.int(WAIT_MS_FIELD),
    idempotencyKey: t.string(IDEMPOTENCY_KEY_FIELD),
  }),
});

function agentOf({ agent, document, context }: typeof RunAgentInput.$inferInput) {
  if (agent == null && document != null) return readAgentFile(document, context);
  if (agent != null && document == null) {
    return { agent: toAgentSpec(agent), ...(context !== undefined && { context }) };
  }
  const message =
    agent == null ? 'There is no agent. Set agent or document.' : 'Set either agent or document, not both.';
  throw new Fault('BAD_INPUT', message, { path: ['input', 'agent'] });
}

builder.mutationField('runAgent', (t) =>
  t.field({
    type: RunResult,
    description:
      'Run one agent. Returns when the run has been recorded; with `waitMs`, when it has ended or the time is over. Requires permission for `agent:BACKEND` on what it reaches, for `exec` on programs, and for `tool:NAME` on each call.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: RunAgentInput, required: true, description: 'The agent and its context.' }) },
    resolve: (_, { input }, ctx) =>
      orRefusal(async () => {
        const { labels, waitMs, idempotencyKey } = input;
        return ctx.app.engine.runAgent(requireUser(ctx), {
          ...agentOf(input),
          ...(labels != null && { labels: requireJsonObject(labels, ['input', 'labels']) }),
          waitMs: parseWaitMs(waitMs),
          ...(idempotencyKey != null && { idempotencyKey }),
          ...currentTrace(ctx),
        });
      }),
  }),
);

import { requireUser } from '../../request/caller-scope.ts';
import { currentTrace } from '../../request/context.ts';
import { builder } from '../builder/builder.ts';
import { orRefusal } from '../errors/refusal.ts';
import { IDEMPOTENCY_KEY_FIELD, parseWaitMs, RunResult, WAIT_MS_FIELD } from '../runs/run-request.ts';
import { AgentInput, toAgentSpec } from './agent-input.ts';

const RunAgentInput = builder.inputType('RunAgentInput', {
  description: 'An agent to run.',
  fields: (t) => ({
    agent: t.field({ type: AgentInput, required: true, description: 'The agent.' }),
    context: t.field({ type: 'JSON', description: 'Context of the agent: any JSON value.' }),
    waitMs: t.int(WAIT_MS_FIELD),
    idempotencyKey: t.string(IDEMPOTENCY_KEY_FIELD),
  }),
});

builder.mutationField('runAgent', (t) =>
  t.field({
    type: RunResult,
    description:
      'Run one agent. Returns when the run has been recorded; with `waitMs`, when it has ended or the time is over. Requires permission for `agent:BACKEND` on what it reaches, for `exec` on programs, and for `tool:NAME` on each call.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: RunAgentInput, required: true, description: 'The agent and its context.' }) },
    resolve: (_, { input }, ctx) =>
      orRefusal(async () => {
        const { agent, context, waitMs, idempotencyKey } = input;
        return ctx.app.engine.runAgent(requireUser(ctx), {
          agent: toAgentSpec(agent),
          ...(context !== undefined && { context }),
          waitMs: parseWaitMs(waitMs),
          ...(idempotencyKey != null && { idempotencyKey }),
          ...currentTrace(ctx),
        });
      }),
  }),
);

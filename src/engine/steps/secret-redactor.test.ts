import { expect, it } from 'vitest';
import { type Attempt, PausedError } from '../model/attempt.ts';
import { withSecretsRedacted } from './secret-redactor.ts';
import type { AgentStepDeps } from './step-deps.ts';

it('keeps secrets out of the tool call that waits for an approval', async () => {
  const attempt = { step: { key: 'a' }, signal: new AbortController().signal } as unknown as Attempt;
  const act = withSecretsRedacted({ agentTimeoutMs: 60_000 } as unknown as AgentStepDeps, attempt, async (redactor) => {
    redactor.addSecret('hunter2!');
    const request = { id: 'call_1', tool: 'notify.send', arguments: { message: 'it is hunter2!' } };
    throw new PausedError('call_2', request, 'It wants to send "it is hunter2!".');
  });
  const paused = (await act.catch((error: unknown) => error)) as PausedError;
  expect(paused).toBeInstanceOf(PausedError);
  expect(paused.call).toBe('call_2');
  expect(JSON.stringify([paused.request, paused.reason])).not.toContain('hunter2');
  expect(paused.request).toMatchObject({ id: 'call_1', tool: 'notify.send' });
});

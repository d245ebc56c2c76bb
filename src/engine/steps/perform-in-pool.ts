import type { Runtime } from '../../core/runtime.ts';
import type { Attempt } from '../model/attempt.ts';
import type { StoredOutput } from '../outputs/store-output.ts';
import { inputOf } from './prepare-step.ts';
import { jsonContent, withSecretsRedacted } from './secret-redactor.ts';
import type { AgentStepDeps } from './step-deps.ts';
import { createToolContexts } from './tool-context.ts';

/** A step whose pool has a separate runtime: passed to a worker as a WorkItem. */
export function performInPool(deps: AgentStepDeps, runtime: Runtime, attempt: Attempt): Promise<StoredOutput> {
  return withSecretsRedacted(deps, attempt, async (redactor) => {
    const { run, step, signal } = redactor.attempt;
    const item = {
      run_id: run.record.id,
      step_id: step.id,
      step: step.key,
      kind: step.kind.toLowerCase(),
      capability: step.capability,
      attempt: step.attempt,
      input: inputOf(run, step),
      idempotency_key: `${run.record.id}/${step.id}/${step.attempt}`,
      trace_id: run.record.traceId,
      timeout_ms: step.terms?.timeoutMs ?? deps.agentTimeoutMs,
    };
    return jsonContent(redactor.redactJson(await runtime.perform(item, createToolContexts(deps, redactor)(signal))));
  });
}

import type { Runtime } from '../../core/runtime.ts';
import type { Attempt } from '../model/attempt.ts';
import type { Performed } from '../outputs/store-output.ts';
import { inputOf } from './prepare-step.ts';
import { inSecret, jsonMade } from './secret-redactor.ts';
import type { WorkDeps } from './step-deps.ts';
import { createToolContexts } from './tool-context.ts';

/** A step whose pool has a runtime of its own: handed to a worker as a WorkItem. */
export function performElsewhere(deps: WorkDeps, runtime: Runtime, attempt: Attempt): Promise<Performed> {
  return inSecret(deps, attempt, async (hiding) => {
    const { live, step, signal } = hiding.attempt;
    const item = {
      run_id: live.run.id,
      step_id: step.id,
      step: step.key,
      kind: step.kind.toLowerCase(),
      capability: step.capability,
      attempt: step.attempt,
      input: inputOf(live, step),
      idempotency_key: `${live.run.id}/${step.id}/${step.attempt}`,
      trace_id: live.run.traceId,
      timeout_ms: step.terms?.timeoutMs ?? deps.agentTimeoutMs,
    };
    return jsonMade(hiding.json(await runtime.perform(item, createToolContexts(deps, hiding)(signal))));
  });
}

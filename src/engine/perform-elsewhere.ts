import type { Runtime } from '../core/runtime.ts';
import type { Attempt } from './attempt.ts';
import { hideSecrets } from './hide-secrets.ts';
import { settleStep, withinTime } from './perform-command.ts';
import { inputOf } from './prepare-step.ts';
import type { Performed } from './settle.ts';
import { createToolContexts } from './tool-context.ts';
import type { WorkDeps } from './work-deps.ts';

/** A step whose pool has a runtime of its own: handed to a worker as a WorkItem. */
export function performElsewhere(deps: WorkDeps, runtime: Runtime, attempt: Attempt): Promise<Performed> {
  return withinTime({ timeoutMs: deps.agentTimeoutMs }, attempt, async (inner) => {
    const { live, step, signal } = inner;
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
    const hiding = hideSecrets(inner);
    try {
      const output = await runtime.perform(item, createToolContexts(deps, hiding)(signal));
      const made = { mediaType: 'application/json', content: JSON.stringify(hiding.json(output)) };
      return await settleStep(deps, inner, made);
    } catch (error) {
      throw hiding.fault(error);
    }
  });
}

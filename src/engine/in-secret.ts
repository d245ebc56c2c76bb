import type { Made } from '../core/resource.ts';
import { type Hiding, hideSecrets } from './hide-secrets.ts';
import type { Attempt } from './model/attempt.ts';
import type { Performed } from './outputs/store-output.ts';
import { settleStep, withinTime } from './perform-command.ts';
import type { WorkDeps } from './steps/step-deps.ts';

/** Within its time, and with no secret in what comes of it. */
export function inSecret(deps: WorkDeps, attempt: Attempt, act: (hiding: Hiding) => Promise<Made>): Promise<Performed> {
  return withinTime({ timeoutMs: deps.agentTimeoutMs }, attempt, async (inner) => {
    const hiding = hideSecrets(inner);
    try {
      return await settleStep(deps, inner, hiding.made(await act(hiding)));
    } catch (error) {
      throw hiding.fault(error);
    }
  });
}

export function jsonMade(value: unknown): Made {
  return { mediaType: 'application/json', content: JSON.stringify(value) };
}

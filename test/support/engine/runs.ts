import type { EventPayloads } from '../../../src/core/event.ts';
import type { User } from '../../../src/core/principal.ts';
import type { Failure, PlannedStep, RunPlan, StepOutput } from '../../../src/core/run.ts';

export const START = new Date('2026-01-01T00:00:00Z');
export const ANN: User = { subject: 'ann', username: 'ann', tenant: 'default', roles: ['admin'] };

/** A step of a plan. Defaults: pure, one attempt. */
export function plannedStep(key: string, more: Partial<PlannedStep> = {}): PlannedStep {
  return {
    id: `step_${key}`,
    key,
    title: key,
    kind: 'COMMAND',
    capability: 'act',
    effect: 'pure',
    input: {},
    dependsOn: [],
    maxAttempts: 1,
    ...more,
  };
}

export function runOpening(steps: readonly PlannedStep[], plan?: RunPlan): EventPayloads['RUN_CREATED'] {
  return {
    ...{ kind: 'WORKFLOW', principal: ANN, inputs: {}, labels: {}, priority: 'INTERACTIVE', traceId: '' },
    ...{ requestDigest: '', steps },
    ...(plan && { plan }),
  };
}

export function textOutput(text: string): StepOutput {
  return { mediaType: 'text/plain', size: text.length, digest: text, text };
}

export function failureWith(code: Failure['code'], retryable = false): Failure {
  return { code, message: `it was ${code}`, retryable };
}

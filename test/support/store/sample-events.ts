import { createHash } from 'node:crypto';
import type { EventPayloads, NewEvent } from '../../../src/core/event.ts';
import { newId } from '../../../src/core/ids.ts';
import type { User } from '../../../src/core/principal.ts';
import type { PlannedStep, StepOutput } from '../../../src/core/run.ts';

export function user(tenant = 'default', subject = 'alice'): User {
  return { tenant, subject, username: `${subject}-name`, roles: ['analyst'] };
}

export function plannedStep(key: string, more: Partial<PlannedStep> = {}): PlannedStep {
  return {
    id: newId('step'),
    key,
    title: `Step ${key}`,
    kind: 'COMMAND',
    capability: 'convertToJson',
    effect: 'pure',
    input: { source: { uri: 'data:text/csv,a' } },
    dependsOn: [],
    maxAttempts: 3,
    ...more,
  };
}

export function runCreated(more: Partial<EventPayloads['RUN_CREATED']> = {}, at = new Date()): NewEvent {
  const payload = {
    kind: 'COMMAND',
    principal: user(),
    inputs: { source: { uri: 'data:text/csv,a' } },
    steps: [plannedStep('one')],
    labels: {},
    priority: 'INTERACTIVE',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    requestDigest: sha256('request'),
    ...more,
  } as const;
  return { type: 'RUN_CREATED', at, payload };
}

export function log(text: string, level: EventPayloads['LOG']['level'] = 'INFO', step?: string): NewEvent {
  return { type: 'LOG', at: new Date(), payload: { level, text }, ...(step !== undefined && { step }) };
}

export function textOutput(text: string): StepOutput {
  return { mediaType: 'text/plain', size: Buffer.byteLength(text), digest: sha256(text), text };
}

/** The events from PENDING to the end, as the engine records a run of one pure step. */
export function finished(output: StepOutput, key = 'one'): NewEvent[] {
  const at = new Date();
  return [
    { type: 'RUN_STATE_CHANGED', at, payload: { from: 'PENDING', to: 'RUNNING' } },
    {
      type: 'STEP_STATE_CHANGED',
      at,
      step: key,
      payload: { from: 'PENDING', to: 'SUCCEEDED', attempt: 1, output },
    },
    { type: 'RUN_STATE_CHANGED', at, payload: { from: 'RUNNING', to: 'SUCCEEDED' } },
  ];
}

export function artifactCreated(content: string, step = 'one'): NewEvent {
  const payload = {
    id: newId('art'),
    digest: sha256(content),
    name: 'report.csv',
    mediaType: 'text/csv',
    size: content.length,
  };
  return { type: 'ARTIFACT_CREATED', at: new Date(), step, payload };
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

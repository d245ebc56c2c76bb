import type { ApprovalState, RunState, StepState, WebhookDeliveryState } from '../api/generated/graphql.ts';

export type AnyState = RunState | StepState | ApprovalState | WebhookDeliveryState;

/** How a state is shown: its word, the colour of its tone, and a shape, so that colour alone never says it. */
interface StateLook {
  readonly word: string;
  readonly tone: 'good' | 'busy' | 'wait' | 'bad' | 'idle';
  readonly shape: 'check' | 'spinner' | 'pause' | 'cross' | 'clock' | 'slash' | 'dash' | 'stop' | 'ring' | 'repeat';
}

export const STATES: Readonly<Record<AnyState, StateLook>> = {
  PENDING: { word: 'Pending', tone: 'idle', shape: 'ring' },
  SCHEDULED: { word: 'Queued', tone: 'idle', shape: 'ring' },
  RUNNING: { word: 'Running', tone: 'busy', shape: 'spinner' },
  DISPATCHED: { word: 'Running', tone: 'busy', shape: 'spinner' },
  WAITING: { word: 'Waiting', tone: 'wait', shape: 'pause' },
  SUCCEEDED: { word: 'Succeeded', tone: 'good', shape: 'check' },
  FAILED: { word: 'Failed', tone: 'bad', shape: 'cross' },
  FAILED_FATAL: { word: 'Failed', tone: 'bad', shape: 'cross' },
  FAILED_RETRYABLE: { word: 'Retrying', tone: 'wait', shape: 'repeat' },
  TIMEOUT: { word: 'Timed out', tone: 'bad', shape: 'clock' },
  DENIED: { word: 'Denied', tone: 'bad', shape: 'slash' },
  SKIPPED: { word: 'Skipped', tone: 'idle', shape: 'dash' },
  CANCELLED: { word: 'Cancelled', tone: 'idle', shape: 'stop' },
  OPEN: { word: 'Open', tone: 'wait', shape: 'pause' },
  APPROVED: { word: 'Approved', tone: 'good', shape: 'check' },
  REJECTED: { word: 'Rejected', tone: 'bad', shape: 'cross' },
  DELIVERED: { word: 'Delivered', tone: 'good', shape: 'check' },
  EXPIRED: { word: 'Expired', tone: 'idle', shape: 'clock' },
};

/** States of runs in the order in which pages list them: what needs somebody first. */
export const RUN_STATES: readonly RunState[] = [
  'FAILED',
  'TIMEOUT',
  'DENIED',
  'WAITING',
  'RUNNING',
  'PENDING',
  'SUCCEEDED',
  'CANCELLED',
];

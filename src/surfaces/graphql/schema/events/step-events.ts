import { Failure } from '../errors/errors.ts';
import { addEventType, LogLevel } from '../journal/event.ts';
import { Artifact } from '../nodes/refs.ts';
import { StepState } from '../steps/step.ts';

addEventType('STEPS_ADDED', (t) => ({
  keys: t.stringList({
    description: 'Keys of the steps, in order.',
    resolve: ({ payload }) => payload.steps.map(({ key }) => key),
  }),
}));

addEventType('STEP_STATE_CHANGED', (t) => ({
  from: t.field({ type: StepState, description: 'Previous state.', resolve: ({ payload }) => payload.from }),
  to: t.field({ type: StepState, description: 'New state.', resolve: ({ payload }) => payload.to }),
  attempt: t.int({
    description: 'Number of the attempt, from 1; 0 before the first.',
    resolve: ({ payload }) => payload.attempt,
  }),
  error: t.field({
    type: Failure,
    nullable: true,
    description: 'The failure. Null unless it failed.',
    resolve: ({ payload }) => payload.error ?? null,
  }),
  scheduledAt: t.field({
    type: 'DateTime',
    nullable: true,
    description: 'When it became ready, if several moves were recorded as one. Null otherwise.',
    resolve: ({ payload: { scheduledAt } }) => (scheduledAt === undefined ? null : new Date(scheduledAt)),
  }),
  startedAt: t.field({
    type: 'DateTime',
    nullable: true,
    description: 'When it started, if several moves were recorded as one. Null otherwise.',
    resolve: ({ payload: { startedAt } }) => (startedAt === undefined ? null : new Date(startedAt)),
  }),
  wakeAt: t.field({
    type: 'DateTime',
    nullable: true,
    description: 'When it continues without intervention. Null unless it waits for a time.',
    resolve: ({ payload: { wakeAt } }) => (wakeAt === undefined ? null : new Date(wakeAt)),
  }),
}));

addEventType('JOB_DISPATCHED', (t) => ({
  jobId: t.string({ description: 'ID of the job, as workers see it.', resolve: ({ payload }) => payload.jobId }),
  topic: t.string({ description: 'Topic of the job.', resolve: ({ payload }) => payload.topic }),
  worker: t.string({
    nullable: true,
    description: 'ID of the worker. Null when any worker of the topic may take the job.',
    resolve: ({ payload }) => payload.worker ?? null,
  }),
}));

addEventType('JOB_ENDED', (t) => ({
  jobId: t.string({ description: 'ID of the job, as workers see it.', resolve: ({ payload }) => payload.jobId }),
  worker: t.string({
    nullable: true,
    description: 'ID of the worker. Null when it did not say.',
    resolve: ({ payload }) => payload.worker || null,
  }),
  status: t.string({
    description: 'Status of CAP: SUCCEEDED, FAILED, FAILED_RETRYABLE, FAILED_FATAL, TIMEOUT, DENIED or CANCELLED.',
    resolve: ({ payload }) => payload.status,
  }),
  reason: t.string({
    nullable: true,
    description: 'Why it failed, in the words of the worker. Null when it gave no reason.',
    resolve: ({ payload }) => payload.errorMessage ?? payload.errorCode ?? null,
  }),
  executionMs: t.float({
    nullable: true,
    description: 'How long the worker worked on it, in ms. Null when it did not say.',
    resolve: ({ payload }) => payload.executionMs ?? null,
  }),
}));

addEventType('STEP_PROGRESS', (t) => ({
  percent: t.int({
    nullable: true,
    description: 'From 0 to 100. Null when it is not known.',
    resolve: ({ payload: { percent } }) => (percent === undefined ? null : Math.round(percent)),
  }),
  memo: t.string({
    nullable: true,
    description: 'What the step is doing, in words.',
    resolve: ({ payload }) => payload.memo ?? null,
  }),
}));

addEventType('LOG', (t) => ({
  level: t.field({ type: LogLevel, description: 'Severity.', resolve: ({ payload }) => payload.level }),
  text: t.string({ description: 'The line.', resolve: ({ payload }) => payload.text }),
}));

addEventType('ARTIFACT_CREATED', (t) => ({
  artifact: t.field({
    type: Artifact,
    description: 'The artifact.',
    resolve: ({ payload, runId, step, at }) => ({
      ...payload,
      runId,
      createdAt: at,
      ...(step !== undefined && { step }),
    }),
  }),
}));

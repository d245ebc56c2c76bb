import { Failure } from '../errors/errors.ts';
import { addEventType, LogLevel } from '../journal/event.ts';
import { Artifact } from '../nodes/refs.ts';
import { StepState } from '../steps/step.ts';

addEventType('STEPS_ADDED', (t) => ({
  keys: t.stringList({
    description: 'Keys of the steps, in their order.',
    resolve: ({ payload }) => payload.steps.map(({ key }) => key),
  }),
}));

addEventType('STEP_STATE_CHANGED', (t) => ({
  from: t.field({ type: StepState, description: 'The state before.', resolve: ({ payload }) => payload.from }),
  to: t.field({ type: StepState, description: 'The state from now on.', resolve: ({ payload }) => payload.to }),
  attempt: t.int({
    description: 'Which try it is about, from 1; 0 before the first.',
    resolve: ({ payload }) => payload.attempt,
  }),
  error: t.field({
    type: Failure,
    nullable: true,
    description: 'Why, when it ended badly.',
    resolve: ({ payload }) => payload.error ?? null,
  }),
}));

addEventType('STEP_PROGRESS', (t) => ({
  percent: t.int({
    nullable: true,
    description: 'From 0 to 100, where it can tell.',
    resolve: ({ payload: { percent } }) => (percent === undefined ? null : Math.round(percent)),
  }),
  memo: t.string({
    nullable: true,
    description: 'What it is doing, in its own words.',
    resolve: ({ payload }) => payload.memo ?? null,
  }),
}));

addEventType('LOG', (t) => ({
  level: t.field({ type: LogLevel, description: 'How much it matters.', resolve: ({ payload }) => payload.level }),
  text: t.string({ description: 'What it wrote.', resolve: ({ payload }) => payload.text }),
}));

addEventType('ARTIFACT_CREATED', (t) => ({
  artifact: t.field({
    type: Artifact,
    description: 'What was stored.',
    resolve: ({ payload, runId, step, at }) => ({
      ...payload,
      runId,
      createdAt: at,
      ...(step !== undefined && { step }),
    }),
  }),
}));

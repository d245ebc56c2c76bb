import { builder } from '../builder/builder.ts';
import { Failure } from '../errors/errors.ts';
import { Event, type EventOf, LogLevel } from '../journal/event.ts';
import { Artifact } from '../nodes/refs.ts';
import { StepState } from '../steps/step.ts';

export const StepsAdded = builder.objectRef<EventOf<'STEPS_ADDED'>>('StepsAdded').implement({
  description: 'Steps came up on the way: the items of a `for_each`, or what undoes the steps that succeeded.',
  interfaces: [Event],
  fields: (t) => ({
    keys: t.stringList({
      description: 'Keys of the steps, in their order.',
      resolve: ({ payload }) => payload.steps.map(({ key }) => key),
    }),
  }),
});

export const StepStateChanged = builder.objectRef<EventOf<'STEP_STATE_CHANGED'>>('StepStateChanged').implement({
  description: 'A step moved to another state.',
  interfaces: [Event],
  fields: (t) => ({
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
  }),
});

export const StepProgress = builder.objectRef<EventOf<'STEP_PROGRESS'>>('StepProgress').implement({
  description: 'A step told how far it is.',
  interfaces: [Event],
  fields: (t) => ({
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
  }),
});

export const LogLine = builder.objectRef<EventOf<'LOG'>>('LogLine').implement({
  description: 'A step wrote to its log.',
  interfaces: [Event],
  fields: (t) => ({
    level: t.field({ type: LogLevel, description: 'How much it matters.', resolve: ({ payload }) => payload.level }),
    text: t.string({ description: 'What it wrote.', resolve: ({ payload }) => payload.text }),
  }),
});

export const ArtifactCreated = builder.objectRef<EventOf<'ARTIFACT_CREATED'>>('ArtifactCreated').implement({
  description: 'Bytes were stored.',
  interfaces: [Event],
  fields: (t) => ({
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
  }),
});

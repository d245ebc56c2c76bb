import { Principal } from '../accounts/principal.ts';
import { builder } from '../builder/builder.ts';
import { Failure } from '../errors/errors.ts';
import { Event, type EventOf, LogLevel } from '../journal/event.ts';
import { publicRunKind, RunKind, RunState } from '../runs/run-state.ts';

export const RunCreated = builder.objectRef<EventOf<'RUN_CREATED'>>('RunCreated').implement({
  description: 'A run was accepted. Always the first event of its run.',
  interfaces: [Event],
  fields: (t) => ({
    kind: t.field({
      type: RunKind,
      description: 'What it carries out.',
      resolve: ({ payload }) => publicRunKind(payload.kind),
    }),
    goal: t.string({
      nullable: true,
      description: 'What it is for, in words, where its workflow says so.',
      resolve: ({ payload }) => payload.goal ?? null,
    }),
    principal: t.field({
      type: Principal,
      description: 'Who asked for it.',
      resolve: ({ payload }) => payload.principal,
    }),
  }),
});

export const RunStateChanged = builder.objectRef<EventOf<'RUN_STATE_CHANGED'>>('RunStateChanged').implement({
  description:
    'A run moved to another state. When `to` is a final state, it is the last event of its run, unless `retryStep` continues it.',
  interfaces: [Event],
  fields: (t) => ({
    from: t.field({ type: RunState, description: 'The state before.', resolve: ({ payload }) => payload.from }),
    to: t.field({ type: RunState, description: 'The state from now on.', resolve: ({ payload }) => payload.to }),
    error: t.field({
      type: Failure,
      nullable: true,
      description: 'Why, when it ended badly.',
      resolve: ({ payload }) => payload.error ?? null,
    }),
  }),
});

export const SignalReceived = builder.objectRef<EventOf<'SIGNAL_RECEIVED'>>('SignalReceived').implement({
  description: 'Somebody sent the run a signal. It is kept until a step takes it.',
  interfaces: [Event],
  fields: (t) => ({
    name: t.string({ description: 'Its name.', resolve: ({ payload }) => payload.name }),
    payload: t.field({
      type: 'JSON',
      nullable: true,
      description: 'What came with it.',
      resolve: ({ payload }) => payload.payload ?? null,
    }),
  }),
});

export const Notification = builder.objectRef<EventOf<'NOTIFICATION'>>('Notification').implement({
  description: 'Something that people should know.',
  interfaces: [Event],
  fields: (t) => ({
    level: t.field({ type: LogLevel, description: 'How much it matters.', resolve: ({ payload }) => payload.level }),
    message: t.string({ description: 'What they should know.', resolve: ({ payload }) => payload.message }),
  }),
});

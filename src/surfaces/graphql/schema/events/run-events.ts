import { Principal } from '../accounts/principal.ts';
import { Failure } from '../errors/errors.ts';
import { addEventType, LogLevel } from '../journal/event.ts';
import { publicRunKind, RunKind, RunState } from '../runs/run-state.ts';

addEventType('RUN_CREATED', (t) => ({
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
}));

addEventType('RUN_STATE_CHANGED', (t) => ({
  from: t.field({ type: RunState, description: 'The state before.', resolve: ({ payload }) => payload.from }),
  to: t.field({ type: RunState, description: 'The state from now on.', resolve: ({ payload }) => payload.to }),
  error: t.field({
    type: Failure,
    nullable: true,
    description: 'Why, when it ended badly.',
    resolve: ({ payload }) => payload.error ?? null,
  }),
}));

addEventType('SIGNAL_RECEIVED', (t) => ({
  name: t.string({ description: 'Its name.', resolve: ({ payload }) => payload.name }),
  payload: t.field({
    type: 'JSON',
    nullable: true,
    description: 'What came with it.',
    resolve: ({ payload }) => payload.payload ?? null,
  }),
}));

addEventType('NOTIFICATION', (t) => ({
  level: t.field({ type: LogLevel, description: 'How much it matters.', resolve: ({ payload }) => payload.level }),
  message: t.string({ description: 'What they should know.', resolve: ({ payload }) => payload.message }),
}));

import { Principal } from '../accounts/principal.ts';
import { Failure } from '../errors/errors.ts';
import { addEventType, LogLevel } from '../journal/event.ts';
import { publicRunKind, RunKind, RunState } from '../runs/run-state.ts';

addEventType('RUN_CREATED', (t) => ({
  kind: t.field({
    type: RunKind,
    description: 'What it executes.',
    resolve: ({ payload }) => publicRunKind(payload.kind),
  }),
  goal: t.string({
    nullable: true,
    description: 'Goal of the run, in words. Null when its workflow states none.',
    resolve: ({ payload }) => payload.goal ?? null,
  }),
  principal: t.field({
    type: Principal,
    description: 'Who started it.',
    resolve: ({ payload }) => payload.principal,
  }),
}));

addEventType('RUN_STATE_CHANGED', (t) => ({
  from: t.field({ type: RunState, description: 'Previous state.', resolve: ({ payload }) => payload.from }),
  to: t.field({ type: RunState, description: 'New state.', resolve: ({ payload }) => payload.to }),
  error: t.field({
    type: Failure,
    nullable: true,
    description: 'The failure. Null unless it failed.',
    resolve: ({ payload }) => payload.error ?? null,
  }),
}));

addEventType('SIGNAL_RECEIVED', (t) => ({
  name: t.string({ description: 'Name of the signal.', resolve: ({ payload }) => payload.name }),
  payload: t.field({
    type: 'JSON',
    nullable: true,
    description: 'Payload of the signal.',
    resolve: ({ payload }) => payload.payload ?? null,
  }),
}));

addEventType('NOTIFICATION', (t) => ({
  level: t.field({ type: LogLevel, description: 'Severity.', resolve: ({ payload }) => payload.level }),
  message: t.string({ description: 'The message.', resolve: ({ payload }) => payload.message }),
}));

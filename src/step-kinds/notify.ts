import { Type } from 'typebox';
import type { JsonObject } from '../lib/json.ts';
import { defineStepKind } from './define-step-kind.ts';

const LEVELS = ['info', 'warn', 'error'] as const;

export const notify = defineStepKind({
  kind: 'NOTIFY',
  title: 'Notify',
  description: 'Notifies the watchers of the run, and the webhook of this server if there is one.',
  input: Type.Object({
    message: Type.String({ minLength: 1, maxLength: 8_000, description: 'Text of the notification.' }),
    level: Type.Optional(Type.Enum([...LEVELS], { default: 'info', description: 'Severity.' })),
    title: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'Short text in front of the message.' }),
    ),
    data: Type.Optional(
      Type.Unsafe<JsonObject>({ type: 'object', description: 'Data for programs; sent only to the webhook.' }),
    ),
  }),
  // A duplicate notification is better than none.
  idempotent: true,
  run: (input, session) => session.callTool('notify.send', { ...input }),
});

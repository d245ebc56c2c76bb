import { Type } from 'typebox';
import type { JsonObject } from '../lib/json.ts';
import { defineStepKind } from './define-step-kind.ts';

const LEVELS = ['info', 'warn', 'error'] as const;

export const notify = defineStepKind({
  kind: 'NOTIFY',
  title: 'Notify',
  description: 'Tells people something: those who watch the run, and the webhook of this server where it has one.',
  input: Type.Object({
    message: Type.String({ minLength: 1, maxLength: 8_000, description: 'What to tell.' }),
    level: Type.Optional(Type.Enum([...LEVELS], { default: 'info', description: 'How grave it is.' })),
    title: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'A few words that stand before it.' }),
    ),
    data: Type.Optional(
      Type.Unsafe<JsonObject>({ type: 'object', description: 'Facts for a program that listens at the webhook.' }),
    ),
  }),
  // Who was told twice was told; who was not told at all would never know.
  idempotent: true,
  run: (input, work) => work.callTool('notify.send', { ...input }),
});

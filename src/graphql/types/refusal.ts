import { Fault } from '../../core/errors.ts';
import { builder } from '../builder.ts';
import { ErrorCode } from './error-code.ts';
import { PolicyDecision } from './policy-decision.ts';
import { Violation } from './violation.ts';

export const Refusal = builder.objectRef<Fault>('Refusal').implement({
  description: 'A mutation that was not carried out, and why. Nothing was changed.',
  isTypeOf: (value) => value instanceof Fault,
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCode, description: 'The kind of refusal.' }),
    message: t.exposeString('message', { description: 'Why, and what to do next.' }),
    path: t.field({
      type: ['String'],
      nullable: true,
      description: 'Which part of the input it is about, outermost first.',
      resolve: ({ path }) => (path ? [...path] : null),
    }),
    decision: t.field({
      type: PolicyDecision,
      nullable: true,
      description: 'What the policy said, for FORBIDDEN, APPROVAL_REQUIRED and THROTTLED.',
      resolve: ({ decision }) => decision ?? null,
    }),
    violations: t.field({
      type: [Violation],
      description: 'What does not fit, place by place, for BAD_INPUT and SCHEMA_VIOLATION.',
      resolve: ({ violations }) => [...violations],
    }),
    retryAfterMs: t.field({
      type: 'Int',
      nullable: true,
      description: 'Milliseconds to wait before trying again, for THROTTLED and UNAVAILABLE.',
      resolve: ({ retryAfterMs }) => retryAfterMs ?? null,
    }),
  }),
});

import { Fault } from '../../../../core/errors.ts';
import { builder } from '../builder/builder.ts';
import { PolicyDecision } from '../policy/policy.ts';
import { ErrorCode, Violation } from './errors.ts';

/** A mutation that was not carried out; the schema knows it as `Refusal`. An Error itself would be thrown by graphql. */
export interface MutationRefusal {
  readonly fault: Fault;
}

/** A mutation's answer: what `act` gives, or why it was refused. Bugs are thrown on. */
export async function orRefusal<T>(act: () => Promise<T>): Promise<T | MutationRefusal> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof Fault) return { fault: error };
    throw error;
  }
}

export function isRefusal(value: object): value is MutationRefusal {
  return 'fault' in value;
}

export const Refusal = builder.objectRef<MutationRefusal>('Refusal').implement({
  description: 'A mutation that was not carried out, and why. Nothing was changed.',
  fields: (t) => ({
    code: t.field({ type: ErrorCode, description: 'The kind of refusal.', resolve: ({ fault }) => fault.code }),
    message: t.string({ description: 'Why, and what to do next.', resolve: ({ fault }) => fault.message }),
    path: t.field({
      type: ['String'],
      nullable: true,
      description: 'Which part of the input it is about, outermost first.',
      resolve: ({ fault: { path } }) => (path ? [...path] : null),
    }),
    decision: t.field({
      type: PolicyDecision,
      nullable: true,
      description: 'What the policy said, for FORBIDDEN, APPROVAL_REQUIRED and THROTTLED.',
      resolve: ({ fault: { decision } }) => decision ?? null,
    }),
    violations: t.field({
      type: [Violation],
      description: 'What does not fit, place by place, for BAD_INPUT and SCHEMA_VIOLATION.',
      resolve: ({ fault: { violations } }) => [...violations],
    }),
    retryAfterMs: t.field({
      type: 'Int',
      nullable: true,
      description: 'Milliseconds to wait before trying again, for THROTTLED and UNAVAILABLE.',
      resolve: ({ fault: { retryAfterMs } }) => (retryAfterMs === undefined ? null : Math.ceil(retryAfterMs)),
    }),
  }),
});

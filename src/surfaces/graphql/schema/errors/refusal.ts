import { Fault } from '../../../../core/errors.ts';
import { builder } from '../builder/builder.ts';
import { PolicyDecision } from '../policy/policy.ts';
import { ErrorCode, Violation } from './errors.ts';

/** The value of `Refusal`. It is not an Error, because graphql throws those. */
export interface MutationRefusal {
  readonly fault: Fault;
}

/** The result of `act`, or why it was refused. Bugs are rethrown. */
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
  description: 'A mutation that was refused, and why. Nothing was changed.',
  fields: (t) => ({
    code: t.field({ type: ErrorCode, description: 'Code of the refusal.', resolve: ({ fault }) => fault.code }),
    message: t.string({ description: 'Why, and what to do next.', resolve: ({ fault }) => fault.message }),
    path: t.field({
      type: ['String'],
      nullable: true,
      description: 'Path of the invalid part of the input, outermost first.',
      resolve: ({ fault: { path } }) => (path ? [...path] : null),
    }),
    decision: t.field({
      type: PolicyDecision,
      nullable: true,
      description: 'Decision of the policy, for FORBIDDEN, APPROVAL_REQUIRED and THROTTLED.',
      resolve: ({ fault: { decision } }) => decision ?? null,
    }),
    violations: t.field({
      type: [Violation],
      description: 'Every invalid place, for BAD_INPUT and SCHEMA_VIOLATION.',
      resolve: ({ fault: { violations } }) => [...violations],
    }),
    details: t.field({
      type: 'JSON',
      nullable: true,
      description:
        'Details for programs, such as `{"quota", "limit", "used", "requested", "holder": {"kind", "name"}}` for an exceeded quota.',
      resolve: ({ fault: { details } }) => details ?? null,
    }),
    retryAfterMs: t.field({
      type: 'Int',
      nullable: true,
      description: 'Milliseconds to wait before a retry, for THROTTLED and UNAVAILABLE.',
      resolve: ({ fault: { retryAfterMs } }) => (retryAfterMs === undefined ? null : Math.ceil(retryAfterMs)),
    }),
  }),
});

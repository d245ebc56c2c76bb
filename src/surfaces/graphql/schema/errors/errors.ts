import type { ErrorCode as Code, Violation as Misfit } from '../../../../core/errors.ts';
import type { Failure as Why } from '../../../../core/run.ts';
import { builder } from '../builder/builder.ts';

export const ErrorCode = builder.enumType('ErrorCode', {
  description:
    'Why something was refused or failed. The set is closed. It is used in `Refusal.code`, in `Failure.code` and in `extensions.code` of every top-level error.',
  values: {
    UNAUTHENTICATED: {
      description: 'The token is missing, wrong or expired. Sign in and send the new token.',
    },
    FORBIDDEN: {
      description: 'The policy denies it. `decision` names the rule; `explainPolicy` shows rules that almost matched.',
    },
    NOT_FOUND: { description: 'It does not exist, or you may not see it.' },
    BAD_INPUT: { description: 'The input is invalid. `path` or `violations` say where.' },
    SCHEMA_VIOLATION: {
      description: 'The data does not match the JSON Schema at `schemaUri`. `violations` lists where.',
    },
    UNSUPPORTED_SCHEME: {
      description: 'The scheme of the URI is not supported. `catalog.protocols` lists those that are.',
    },
    RESOURCE_UNREACHABLE: {
      description: 'The resource could not be read: its server, network or file did not respond.',
    },
    RESOURCE_TOO_LARGE: { description: 'The content exceeds a limit, which the message names.' },
    CONFLICT: {
      description: 'It conflicts with the current state, such as an idempotency key used for another request.',
    },
    THROTTLED: {
      description: 'A rate limit or a quota is exceeded. Try again after `retryAfterMs`, or do what the message says.',
    },
    APPROVAL_REQUIRED: { description: 'The policy requires the approval of a person first.' },
    CURSOR_EXPIRED: { description: 'The events at this cursor have been deleted. Read again from the beginning.' },
    TOO_COSTLY: { description: 'The operation is too costly. Select less, or use several requests.' },
    TIMEOUT: { description: 'It exceeded its time limit and was stopped.' },
    CANCELLED: { description: 'It was stopped on request.' },
    UNAVAILABLE: { description: 'The server cannot do it now. Try again after `retryAfterMs`.' },
    INTERNAL: { description: 'A bug in the server. The message contains a reference to the details in the log.' },
  } satisfies Record<Code, object>,
});

export const Failure = builder.objectRef<Why>('Failure').implement({
  description: 'Why an accepted run or step failed.',
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCode, description: 'Code of the failure.' }),
    message: t.exposeString('message', { description: 'What happened, and what to do next.' }),
    step: t.exposeString('step', { nullable: true, description: 'Key of the step that failed.' }),
    details: t.expose('details', {
      type: 'JSON',
      nullable: true,
      description: 'Details for programs: `{"violations": […]}` for SCHEMA_VIOLATION.',
    }),
    retryable: t.exposeBoolean('retryable', { description: 'True when the same request may succeed later.' }),
  }),
});

export const Violation = builder.objectRef<Misfit>('Violation').implement({
  description: 'One place where the input or the data is invalid.',
  fields: (t) => ({
    path: t.exposeString('path', {
      description: 'JSON Pointer (RFC 6901) to the place. Empty for the whole value.',
    }),
    message: t.exposeString('message', { description: 'What is expected there.' }),
    keyword: t.exposeString('keyword', {
      nullable: true,
      description: 'The JSON Schema keyword that failed, such as `required`.',
    }),
  }),
});

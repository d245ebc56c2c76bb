import type { ErrorCode as Code, Violation as Misfit } from '../../../../core/errors.ts';
import type { Failure as Why } from '../../../../core/run.ts';
import { builder } from '../builder/builder.ts';

export const ErrorCode = builder.enumType('ErrorCode', {
  description:
    'Why something was refused or failed. The set is closed: it stands in `Refusal.code`, in `Failure.code` and in `extensions.code` of every top-level error.',
  values: {
    UNAUTHENTICATED: {
      description: 'Nobody is signed in, or the token is wrong or has expired. Sign in and send the new token.',
    },
    FORBIDDEN: {
      description: 'The policy denies it. `decision` names the rule; `explainPolicy` shows what came close.',
    },
    NOT_FOUND: { description: 'There is no such thing, or it is not yours to see.' },
    BAD_INPUT: { description: 'The input does not fit. `path` or `violations` say where.' },
    SCHEMA_VIOLATION: {
      description: 'The data does not fit the JSON Schema at `schemaUri`. `violations` lists where.',
    },
    UNSUPPORTED_SCHEME: { description: 'No protocol reads this kind of URI. `catalog.protocols` lists what is read.' },
    RESOURCE_UNREACHABLE: {
      description: 'The resource could not be read: its server, network or file did not answer.',
    },
    RESOURCE_TOO_LARGE: { description: 'The bytes are more than a limit allows; the message names the limit.' },
    CONFLICT: {
      description: 'It contradicts what is already there, such as an idempotency key used for something else.',
    },
    THROTTLED: { description: 'Too often. Try again after `retryAfterMs`.' },
    APPROVAL_REQUIRED: { description: 'The policy asks for the consent of a person first.' },
    CURSOR_EXPIRED: { description: 'The events at this cursor are no longer kept. Read again from the beginning.' },
    TOO_COSTLY: { description: 'The document asks for too much at once. Ask for less, or in several requests.' },
    TIMEOUT: { description: 'It took longer than it may and was stopped.' },
    CANCELLED: { description: 'It was stopped because somebody asked for that.' },
    UNAVAILABLE: { description: 'The server cannot do it just now. Try again after `retryAfterMs`.' },
    INTERNAL: { description: 'A bug of the server. The message holds a reference under which the log has the rest.' },
  } satisfies Record<Code, object>,
});

export const Failure = builder.objectRef<Why>('Failure').implement({
  description: 'Why a run or a step that was accepted ended badly.',
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCode, description: 'The kind of failure.' }),
    message: t.exposeString('message', { description: 'What happened, and what to do next.' }),
    step: t.exposeString('step', { nullable: true, description: 'Key of the step that it came from.' }),
    details: t.expose('details', {
      type: 'JSON',
      nullable: true,
      description: 'More, for programs: `{"violations": […]}` for a SCHEMA_VIOLATION.',
    }),
    retryable: t.exposeBoolean('retryable', { description: 'True when the same request may succeed later.' }),
  }),
});

export const Violation = builder.objectRef<Misfit>('Violation').implement({
  description: 'One place where the input or the data does not fit.',
  fields: (t) => ({
    path: t.exposeString('path', {
      description: 'JSON Pointer (RFC 6901) to the place; empty text means the whole.',
    }),
    message: t.exposeString('message', { description: 'What is expected there.' }),
    keyword: t.exposeString('keyword', {
      nullable: true,
      description: 'The JSON Schema keyword that failed, for example `required`.',
    }),
  }),
});

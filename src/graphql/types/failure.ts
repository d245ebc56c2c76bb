import type { Failure as Why } from '../../core/run.ts';
import { builder } from '../../surfaces/graphql/schema/builder/builder.ts';
import { ErrorCode } from './error-code.ts';

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

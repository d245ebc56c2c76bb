import { type Static, Type } from 'typebox';
import { isTopic, jobAction } from '../cap/subjects.ts';
import type { CanonicalUri } from '../core/canonical-uri.ts';
import { Fault } from '../core/errors.ts';
import type { Json } from '../lib/json.ts';
import { defineStepKind } from './define-step-kind.ts';

const Texts = (description: string) =>
  Type.Record(Type.String({ minLength: 1, maxLength: 128 }), Type.String({ maxLength: 4_096 }), {
    maxProperties: 64,
    description,
  });
const Names = (description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 256 }), { maxItems: 64, description });
const Tokens = (description: string) => Type.Optional(Type.Integer({ minimum: 0, description }));
const Id = (description: string) => Type.Optional(Type.String({ minLength: 1, maxLength: 256, description }));

const CLOSED = { additionalProperties: false };

/** The fields of a JobRequest of CAP that its sender chooses, under the names of the protocol. */
export const JobInput = Type.Object({
  topic: Type.String({
    minLength: 5,
    maxLength: 200,
    description: 'Topic of the job: `job.` and names of A-Z, a-z, 0-9, _ and -, separated by full stops.',
  }),
  context: Type.Optional(
    Type.Unsafe<Json>({ description: 'What the worker works on: any JSON of at most 2 MiB. Stored behind a pointer.' }),
  ),
  context_ptr: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 4_096,
      description: 'Pointer to what the worker works on, instead of `context`: a URI that the worker can read.',
    }),
  ),
  job_id: Id('Id that a client gave the job that it submitted. In a workflow it has no effect.'),
  parent_job_id: Id('Job on whose behalf this one is.'),
  adapter_id: Id('Adapter that the worker uses.'),
  memory_id: Id('Memory that the worker uses.'),
  env: Type.Optional(Texts('Variables for the worker.')),
  context_hints: Type.Optional(
    Type.Object(
      {
        max_input_tokens: Tokens('Tokens that the context may have.'),
        allow_summarization: Type.Optional(Type.Boolean({ description: 'The worker may summarize the context.' })),
        allow_retrieval: Type.Optional(Type.Boolean({ description: 'The worker may add to the context.' })),
        tags: Type.Optional(Names('Tags of the context.')),
      },
      { ...CLOSED, description: 'How the worker may treat its context.' },
    ),
  ),
  budget: Type.Optional(
    Type.Object(
      {
        max_input_tokens: Tokens('Tokens that the worker may send to models.'),
        max_output_tokens: Tokens('Tokens that models may return.'),
        max_total_tokens: Tokens('Both together.'),
        deadline_ms: Type.Optional(
          Type.Integer({ minimum: 1, description: 'Time limit in ms from the dispatch. `timeout_ms` overrides it.' }),
        ),
      },
      { ...CLOSED, description: 'What the job may use.' },
    ),
  ),
  labels: Type.Optional(
    Texts('Labels of the job. `preferred_pool`, `preferred_worker_id` and `placement.*` choose its worker.'),
  ),
  meta: Type.Optional(
    Type.Object(
      {
        actor_id: Id('Who asked for the job.'),
        actor_type: Type.Optional(Type.Enum(['HUMAN', 'SERVICE'], { description: 'What the actor is.' })),
        idempotency_key: Id('The same for all attempts, so that the worker can tell that it has done the job.'),
        capability: Id('What the job needs.'),
        risk_tags: Type.Optional(Names('Risks of the job.')),
        requires: Type.Optional(Names('Capabilities that its worker must have.')),
        pack_id: Id('Pack that defines the job.'),
        labels: Type.Optional(Texts('More labels.')),
      },
      { ...CLOSED, description: 'Metadata of the job.' },
    ),
  ),
});
export type JobInput = Static<typeof JobInput>;

/** A job for a worker on the bus. The engine sends it, and waits for its result. */
export const job = (canonicalize: (uri: string) => CanonicalUri) =>
  defineStepKind({
    kind: 'JOB',
    title: 'Job',
    description: 'Sends a job to a worker by the Cordum Agent Protocol, and waits for its result.',
    input: JobInput,
    idempotent: false,
    actionOf: ({ topic }) => jobAction(topic),
    accessedUris: ({ topic, context, context_ptr: pointer }) => {
      if (!isTopic(topic)) {
        const message = `${JSON.stringify(topic)} is not a topic. Write job. and names of A-Z, a-z, 0-9, _ and -, separated by full stops.`;
        throw new Fault('BAD_INPUT', message, { path: ['topic'] });
      }
      if (pointer !== undefined && context !== undefined) {
        throw new Fault('BAD_INPUT', 'A job has a context or a context_ptr, not both.', { path: ['context_ptr'] });
      }
      return pointer === undefined ? [] : [canonicalize(pointer)];
    },
    readUris: ({ context_ptr: pointer }) => (pointer === undefined ? [] : [canonicalize(pointer)]),
    run: () => {
      throw new Error('a job is performed by a worker');
    },
  });

import type { JsonObject } from '../../../../lib/json.ts';
import { requireUser } from '../../request/caller-scope.ts';
import { currentTrace } from '../../request/context.ts';
import { builder } from '../builder/builder.ts';
import { requireJsonObject } from '../builder/json.ts';
import { orRefusal } from '../errors/refusal.ts';
import { IDEMPOTENCY_KEY_FIELD, parseWaitMs, RunResult, WAIT_MS_FIELD } from '../runs/run-request.ts';
import { Priority } from '../runs/run-state.ts';

const DEFAULT_MAX_ATTEMPTS = 1;

const SubmitJobInput = builder.inputType('SubmitJobInput', {
  description: 'A job for a worker. Objects have the field names of CAP, in snake_case.',
  fields: (t) => ({
    topic: t.string({ required: true, description: 'Topic of the job, such as `job.builds.app`.' }),
    context: t.field({
      type: 'JSON',
      description: 'What the worker works on: any JSON of at most 2 MiB. Not together with contextPtr.',
    }),
    contextPtr: t.string({ description: 'Pointer to what the worker works on: a URI that the worker can read.' }),
    jobId: t.string({
      description: 'ID of the job. The same ID again is the same job. Default: a new ID for each attempt.',
    }),
    adapterId: t.string({ description: 'Adapter that the worker uses.' }),
    memoryId: t.string({ description: 'Memory that the worker uses.' }),
    env: t.field({ type: 'JSON', description: 'Object of variables for the worker.' }),
    contextHints: t.field({
      type: 'JSON',
      description: 'Object of max_input_tokens, allow_summarization, allow_retrieval and tags.',
    }),
    budget: t.field({
      type: 'JSON',
      description: 'Object of max_input_tokens, max_output_tokens, max_total_tokens and deadline_ms.',
    }),
    labels: t.field({
      type: 'JSON',
      description:
        'Object of labels of the job. `preferred_pool`, `preferred_worker_id` and `placement.*` choose its worker.',
    }),
    meta: t.field({
      type: 'JSON',
      description:
        'Object of actor_id, actor_type, idempotency_key, capability, risk_tags, requires, pack_id and labels.',
    }),
    compensation: t.field({
      type: 'JSON',
      description:
        'Job that undoes this one when another job of the same `parentId` and the same user fails: an object with its topic, context and so on. What it does not state, it takes from the job. Default: no compensation.',
    }),
    parentId: t.id({ description: 'ID of the run on whose behalf the job is: it is cancelled with that run.' }),
    priority: t.field({ type: Priority, description: 'Which jobs go first. Default INTERACTIVE.' }),
    maxAttempts: t.int({
      defaultValue: DEFAULT_MAX_ATTEMPTS,
      description: 'Maximum number of attempts. Maximum 100.',
    }),
    waitMs: t.int(WAIT_MS_FIELD),
    idempotencyKey: t.string(IDEMPOTENCY_KEY_FIELD),
  }),
});

const OBJECTS = ['env', 'contextHints', 'budget', 'labels', 'meta'] as const;
const TEXTS = ['contextPtr', 'jobId', 'adapterId', 'memoryId'] as const;

function jobOf(input: typeof SubmitJobInput.$inferInput): JsonObject {
  const texts = TEXTS.flatMap((name) => (input[name] == null ? [] : [[snakeCase(name), input[name]] as const]));
  const objects = OBJECTS.flatMap((name) =>
    input[name] == null ? [] : [[snakeCase(name), requireJsonObject(input[name], ['input', name])] as const],
  );
  const context = input.context === undefined ? {} : { context: input.context };
  return { topic: input.topic, ...context, ...Object.fromEntries([...texts, ...objects]) };
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

builder.mutationField('submitJob', (t) =>
  t.field({
    type: RunResult,
    description:
      'Send one job to a worker on the bus. Returns when the run has been recorded; with `waitMs`, when it has ended or the time is over. Requires permission for `mutation:submitJob` and for `job:TOPIC`, where the topic is without its first part.',
    extensions: { cost: 100 },
    args: { input: t.arg({ type: SubmitJobInput, required: true, description: 'The job.' }) },
    resolve: (_, { input }, ctx) =>
      orRefusal(async () => {
        const { compensation, parentId, priority, maxAttempts, waitMs, idempotencyKey } = input;
        return ctx.app.engine.submitJob(requireUser(ctx), {
          job: jobOf(input),
          ...(compensation != null && {
            compensation: requireJsonObject(compensation, ['input', 'compensation']),
          }),
          ...(parentId != null && { parentId: String(parentId) }),
          ...(priority != null && { priority }),
          maxAttempts: maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
          waitMs: parseWaitMs(waitMs),
          ...(idempotencyKey != null && { idempotencyKey }),
          ...currentTrace(ctx),
        });
      }),
  }),
);

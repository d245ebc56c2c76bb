import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { unwrap } from '../../../../sdk/src/index.ts';
import type { Context } from '../../frame/context.ts';
import { printPages } from '../../frame/print-pages.ts';
import { DeadLettersDocument, ReplayDeadLetterDocument, SubmitJobDocument } from '../../generated/graphql.ts';
import { forEachRun } from '../../input/for-each-run.ts';
import { parseJson } from '../../input/json.ts';
import { parseLimit } from '../../input/limit.ts';
import { UsageError } from '../../output/exit-codes.ts';
import { runRow } from '../../output/run-row.ts';

interface JobOptions {
  readonly pointer?: string;
  readonly jobId?: string;
  readonly maxAttempts?: number;
  readonly labels?: unknown;
  readonly env?: unknown;
}

export async function submit(ctx: Context, [topic, json]: readonly unknown[], options: unknown): Promise<undefined> {
  const { pointer, jobId, maxAttempts, labels, env } = options as JobOptions;
  if (json !== undefined && pointer !== undefined)
    throw new UsageError('A job has a context or a --pointer to it, not both.');
  const context = typeof json === 'string' ? parseJson(json === '-' ? await text(ctx.io.stdin) : json) : undefined;
  const client = await ctx.client();
  const input = {
    topic: String(topic),
    context,
    contextPtr: pointer,
    jobId,
    labels,
    env,
    idempotencyKey: randomUUID(),
    ...(maxAttempts !== undefined && { maxAttempts }),
  };
  await ctx.print([runRow(unwrap((await client.request(SubmitJobDocument, { input }, ctx)).submitJob))]);
}

export async function listDeadLetters(ctx: Context, _: readonly unknown[], options: unknown): Promise<undefined> {
  const { limit, topic, reason } = options as {
    readonly limit?: string;
    readonly topic?: string;
    readonly reason?: string;
  };
  const client = await ctx.client();
  await printPages(
    ctx,
    parseLimit(limit),
    async (page) => (await client.request(DeadLettersDocument, { topic, reason, ...page }, ctx)).deadLetters,
    (letter) => ({
      id: letter.id,
      reason: letter.reason,
      topic: letter.topic,
      message: letter.message,
      at: letter.at,
      jobId: letter.jobId,
      run: letter.run?.id,
    }),
  );
}

export async function replay(ctx: Context, [ids]: readonly unknown[]): Promise<number> {
  const client = await ctx.client();
  return forEachRun(ctx, ids as readonly string[], async (id) =>
    runRow(unwrap((await client.request(ReplayDeadLetterDocument, { id }, ctx)).replayDeadLetter)),
  );
}

import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Context } from '../../frame/context.ts';
import { ExplainPolicyDocument, SimulatePolicyDocument } from '../../generated/graphql.ts';
import { momentOf } from '../../input/time.ts';
import { EXIT, UsageError } from '../../output/exit-codes.ts';

interface RequestOptions {
  readonly role?: string;
  readonly schema?: string;
  readonly workflow?: string;
}

/** The deciding rule, then the rules that almost matched, closest first. */
export async function explain(ctx: Context, args: readonly unknown[], options: unknown): Promise<undefined> {
  const decision = await decide(ctx, args, options as RequestOptions);
  const { rule, effect, nearMisses, forAuthor } = decision;
  const decided = [decision, ...(forAuthor ? [forAuthor] : [])].map((one) => ({
    id: one.rule?.id ?? 'none',
    match: one.author == null ? 'decides' : `decides for ${one.author}`,
    effect: one.effect,
    role: one.rule?.role,
    action: one.rule?.action,
    uri: one.rule?.uri,
    reason: one.reason,
  }));
  const missed = nearMisses.map(({ rule: near, missed }) => ({
    id: near.id,
    match: `not its ${missed}`,
    effect: near.effect,
    role: near.role,
    action: near.action,
    uri: near.uri,
    reason: null,
  }));
  await ctx.print([...decided, ...missed]);
  ctx.note(`${effect}: ${decision.reason}${rule ? ` (rule ${rule.id})` : ''}`);
}

/** @returns exit code 3 when the policy denies it */
export async function check(ctx: Context, args: readonly unknown[], options: unknown): Promise<number> {
  const decision = await decide(ctx, args, options as RequestOptions);
  const { forAuthor } = decision;
  const decisive = forAuthor?.effect === 'DENY' ? forAuthor : decision;
  const { action, effect, rule, canonicalUri, reason } = decisive;
  await ctx.print([{ id: action, effect, rule: rule?.id, uri: canonicalUri, reason }]);
  return effect === 'DENY' ? EXIT.refused : EXIT.success;
}

/** Decides the recorded requests by the rules of a file. @returns exit code 1 when the rules have problems */
export async function simulate(ctx: Context, [file]: readonly unknown[], options: unknown): Promise<number> {
  const rules = await readRules(ctx, String(file));
  const { since } = options as { readonly since?: string };
  const client = await ctx.client();
  const { simulatePolicy } = await client.request(
    SimulatePolicyDocument,
    { rules, ...(since !== undefined && { since: momentOf('--since', since, Date.now()) }) },
    ctx,
  );
  const { problems, decisions, changed, changes } = simulatePolicy;
  for (const { line, message } of problems) ctx.note(line == null ? message : `Line ${line}: ${message}`);
  if (problems.length > 0) return EXIT.failed;
  await ctx.print(
    changes.map(({ before, after, count, lastRun }) => ({
      id: before.action,
      before: before.effect,
      after: after.effect,
      count,
      uri: before.canonicalUri,
      lastRun: lastRun?.id,
      reason: after.reason,
    })),
  );
  ctx.note(`${changed} of ${decisions} recorded decisions have another effect.`);
  return EXIT.success;
}

async function decide(ctx: Context, [action, uri]: readonly unknown[], { role, schema, workflow }: RequestOptions) {
  const client = await ctx.client();
  const input = { action: String(action), uri: uri as string | undefined, role, schemaUri: schema, workflow };
  return (await client.request(ExplainPolicyDocument, { input }, ctx)).explainPolicy;
}

async function readRules({ io }: Context, file: string): Promise<string> {
  try {
    return file === '-' ? await text(io.stdin) : await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}. Name a file with rules, or -.`);
  }
}

import { unwrap } from '../../../../sdk/src/index.ts';
import type { Context } from '../../frame/context.ts';
import { printPages } from '../../frame/print-pages.ts';
import { readViewer } from '../../frame/read-viewer.ts';
import {
  type ApiTokenRowFragment,
  ApiTokensDocument,
  CreateApiTokenDocument,
  RevokeApiTokenDocument,
} from '../../generated/graphql.ts';
import { forEachRun } from '../../input/for-each-run.ts';
import { parseLimit } from '../../input/limit.ts';
import { parseNames } from '../../input/names.ts';
import { UsageError } from '../../output/exit-codes.ts';

const DAY_MS = 86_400_000;

interface Options {
  readonly limit?: string;
  readonly all?: boolean;
  readonly roles?: string;
  readonly days?: string;
}

export async function list(ctx: Context, _: readonly unknown[], options: Options): Promise<undefined> {
  const limit = parseLimit(options.limit);
  const client = await ctx.client();
  const ofTenant = options.all === true;
  await printPages(
    ctx,
    limit,
    async (page) => (await client.request(ApiTokensDocument, { ofTenant, ...page }, ctx)).apiTokens,
    rowOf,
  );
}

/** Standard output is the token alone, for `$(…)`, or its row with the token. */
export async function create(ctx: Context, [name]: readonly unknown[], options: Options): Promise<undefined> {
  if (ctx.output === 'id')
    throw new UsageError('-o id would lose the token, which is shown once. Use -o json for both.');
  const expiresAt = options.days === undefined ? undefined : endAfter(options.days);
  const roles = options.roles === undefined ? (await readViewer(ctx)).roles : parseNames('--roles', options.roles);
  const input = { name: String(name), roles, ...(expiresAt !== undefined && { expiresAt }) };
  const client = await ctx.client();
  const { token, apiToken } = unwrap((await client.request(CreateApiTokenDocument, { input }, ctx)).createApiToken);
  if (ctx.output !== 'table') {
    await ctx.print([{ ...rowOf(apiToken), token }]);
    return;
  }
  await ctx.write(`${token}\n`);
  ctx.note(`${apiToken.id} is valid until ${apiToken.expiresAt}. The token is not shown again.`);
}

export async function revoke(ctx: Context, [ids]: readonly unknown[]): Promise<number> {
  const client = await ctx.client();
  return forEachRun(ctx, ids as readonly string[], async (id) =>
    rowOf(unwrap((await client.request(RevokeApiTokenDocument, { id }, ctx)).revokeApiToken)),
  );
}

function endAfter(days: string): string {
  if (!/^[1-9]\d{0,3}$/.test(days)) throw new UsageError(`--days requires a whole number of days, and got ${days}.`);
  return new Date(Date.now() + Number(days) * DAY_MS).toISOString();
}

function rowOf({ id, name, owner, roles, createdAt, expiresAt, lastUsedAt }: ApiTokenRowFragment) {
  return { id, name, user: owner.username, roles, expiresAt, lastUsedAt, createdAt };
}

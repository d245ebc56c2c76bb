import { ViewerDocument } from '../../../sdk/src/generated/graphql.ts';
import { SignalboxError } from '../../../sdk/src/index.ts';
import type { Context } from '../frame/context.ts';

export async function run(ctx: Context): Promise<undefined> {
  const client = await ctx.client();
  const { viewer } = await client.request(ViewerDocument, {}, { signal: ctx.signal });
  if (!viewer) throw new SignalboxError('UNAUTHENTICATED', 'Nobody is signed in.');
  const { subject, username, tenant, roles, expiresAt } = viewer;
  await ctx.print([{ id: subject, username, tenant, roles, expiresAt }]);
}

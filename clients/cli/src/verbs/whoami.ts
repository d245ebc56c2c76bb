import type { Context } from '../frame/context.ts';
import { readViewer } from '../frame/read-viewer.ts';

export async function run(ctx: Context): Promise<undefined> {
  const { subject, username, tenant, roles, expiresAt } = await readViewer(ctx);
  await ctx.print([{ id: subject, username, tenant, roles, expiresAt }]);
}

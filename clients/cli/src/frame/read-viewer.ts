import { ViewerDocument, type ViewerQuery } from '../../../sdk/src/generated/graphql.ts';
import { SignalboxError } from '../../../sdk/src/index.ts';
import type { Context } from './context.ts';

/** The user of the token. @throws SignalboxError UNAUTHENTICATED without a token, or with one that has ended */
export async function readViewer(ctx: Context): Promise<NonNullable<ViewerQuery['viewer']>> {
  const client = await ctx.client();
  const { viewer } = await client.request(ViewerDocument, {}, { signal: ctx.signal });
  if (viewer) return viewer;
  const { token } = await ctx.profile();
  const reason = token === undefined ? 'Nobody is signed in.' : 'The token has expired or was revoked.';
  throw new SignalboxError('UNAUTHENTICATED', reason);
}

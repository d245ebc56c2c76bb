import { createClient, SignalboxError, unwrap } from '../../../sdk/src/index.ts';
import { changeHosts, type Host, hostsFile, readHosts } from '../connection/hosts-file.ts';
import type { Context } from '../frame/context.ts';
import { SignOutDocument } from '../generated/graphql.ts';
import { EXIT, errorText, exitCodeOf } from '../output/exit-codes.ts';

/** Ends the sign-in of the profile at the server, and deletes its token here in any case. */
export async function run(ctx: Context): Promise<number> {
  const { name } = await ctx.profile();
  const file = hostsFile(ctx.env);
  const hosts = await readHosts(file);
  const host = Object.hasOwn(hosts, name) ? hosts[name] : undefined;
  if (!host) {
    ctx.note(`Nobody is signed in (profile ${name}).`);
    return EXIT.success;
  }
  const failure = await signOut(ctx, host);
  // Not the token of a sign-in that another process has just kept.
  const isOther = ([profile, { token }]: [string, Host]) => profile !== name || token !== host.token;
  await changeHosts(file, (current) => Object.fromEntries(Object.entries(current).filter(isOther)));
  if (!failure) {
    ctx.note(`${host.username} is signed out of ${host.url} (profile ${name}).`);
    return EXIT.success;
  }
  ctx.note(`The token of profile ${name} is deleted here. ${host.url} accepts it until it ends. ${errorText(failure)}`);
  // What was issued elsewhere cannot end here: nothing has failed.
  return failure.code === 'FORBIDDEN' ? EXIT.success : exitCodeOf(failure);
}

/** @returns why the server still accepts the token */
async function signOut({ signal }: Context, { url, token }: Host): Promise<SignalboxError | undefined> {
  const client = createClient({ url, token });
  try {
    unwrap((await client.request(SignOutDocument, {}, { signal })).signOut);
    return undefined;
  } catch (error) {
    if (!(error instanceof SignalboxError)) throw error;
    // It has ended already.
    return error.code === 'UNAUTHENTICATED' ? undefined : error;
  } finally {
    client.close();
  }
}

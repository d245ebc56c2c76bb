import { changeHosts, hostsFile, readHosts } from '../connection/hosts-file.ts';
import type { Context } from '../frame/context.ts';

/** Deletes the token of the profile. The server accepts it until it ends. */
export async function run(ctx: Context): Promise<undefined> {
  const { name } = await ctx.profile();
  const file = hostsFile(ctx.env);
  const hosts = await readHosts(file);
  if (!Object.hasOwn(hosts, name)) {
    ctx.note(`Nobody is signed in (profile ${name}).`);
    return;
  }
  await changeHosts(file, (current) =>
    Object.fromEntries(Object.entries(current).filter(([profile]) => profile !== name)),
  );
  ctx.note(`The token of profile ${name} is deleted here. The server accepts it until it ends.`);
}

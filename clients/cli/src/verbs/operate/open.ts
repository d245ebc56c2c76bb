import { spawn } from 'node:child_process';
import type { Context } from '../../frame/context.ts';
import { UsageError } from '../../output/exit-codes.ts';

/** Prints the URL of the web page of a run, or of the server. On a terminal a browser opens it. */
export async function run(ctx: Context, [id]: readonly unknown[]): Promise<undefined> {
  if (id !== undefined && !/^run_\w+$/.test(String(id))) throw new UsageError('The ID of a run is like run_0198….');
  const { url: server } = await ctx.profile();
  const url = id === undefined ? `${server}/` : `${server}/runs/${id}`;
  if (ctx.output === 'table') await ctx.write(`${url}\n`);
  else await ctx.print([{ id: id === undefined ? server : String(id), url }]);
  if (ctx.io.isTty(ctx.io.stdout) && !(await openBrowser(url, ctx.env)))
    ctx.note('No browser can be opened here. Open the URL yourself.');
}

/** @returns whether the program that opens URLs has started */
function openBrowser(url: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const child = spawn(program, [url], { env, stdio: 'ignore', detached: true });
  child.once('error', () => resolve(false));
  child.once('spawn', () => resolve(true));
  child.unref();
  return promise;
}

#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

// Types are stripped and code is compiled once, not at every start: half the time, and some 30 MB less to hold. That is
// why this file alone is plain JavaScript: nothing has to strip it.
const cache = join(import.meta.dirname, '../node_modules/.cache/signalbox');
enableCompileCache(cache);
// The call is for this thread; worker threads look at the variable.
process.env.NODE_COMPILE_CACHE = cache;

const args = process.argv.slice(2);
const { VERBS } = await import('./cli/verbs.ts');
const alone = args.length === 1 ? VERBS.find(({ name, isAlone }) => isAlone && name === args[0]) : undefined;
// Whatever is still open, such as a connection to a collector that does not answer, must not hold up the end.
process.exit(await (alone ? runAlone(alone) : runCommandLine()));

/** A server loads nothing of the command line: it starts sooner and holds less. */
async function runAlone(verb) {
  // A server continues when nobody reads its banner.
  process.stdout.on('error', () => {});
  try {
    return await (await verb.load())({ env: process.env }, [], {});
  } catch (error) {
    console.error(error.exitCode === undefined ? error : error.message);
    return error.exitCode ?? 1;
  }
}

async function runCommandLine() {
  const [{ run }, { default: packageJson }] = await Promise.all([
    import('../clients/cli/src/main.ts'),
    import('../package.json', { with: { type: 'json' } }),
  ]);
  return run(args, { serverVerbs: VERBS, version: packageJson.version });
}

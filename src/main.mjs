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
const { isVerb, main } = await import('./cli/main.ts');
// A server loads nothing of the clients.
const runClient = async () => {
  const [{ run }, { VERBS }] = await Promise.all([import('../clients/cli/src/main.ts'), import('./cli/verbs.ts')]);
  return run(args, { serverVerbs: VERBS });
};
// Whatever is still open, such as a connection to a collector that does not answer, must not hold up the end.
process.exit(isVerb(args[0]) ? await main(args) : await runClient());

import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type BenchOptions, summarize } from './load/figure.ts';

/** Every other file of this folder is a benchmark: a module that exports `async function main(options)`. */
const available = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((name) => name !== 'run');

const {
  positionals: names,
  values: { quick },
} = parseArgs({ allowPositionals: true, options: { quick: { type: 'boolean', default: false } } });
const unknown = names.filter((name) => !available.includes(name));

if (names.length === 0 || unknown.length > 0) {
  const problem = unknown.length > 0 ? `Unknown benchmark: ${unknown.join(', ')}. ` : '';
  process.stderr.write(`${problem}Usage: npm run bench NAME… [-- --quick], one or more of: ${available.join(', ')}\n`);
  process.exitCode = 2;
} else {
  // One after another; otherwise they would disturb each other.
  for (const name of names) {
    const { main } = (await import(`./${name}.ts`)) as { main(options: BenchOptions): Promise<void> };
    await main({ quick });
    summarize(name);
  }
}

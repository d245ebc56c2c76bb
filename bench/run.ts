import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** Every other file of this folder is a benchmark: a module that exports `async function main()`. */
const known = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((name) => name !== 'run');

const { positionals: names } = parseArgs({ allowPositionals: true });
const unknown = names.filter((name) => !known.includes(name));

if (names.length === 0 || unknown.length > 0) {
  const what = unknown.length > 0 ? `There is no benchmark ${unknown.join(', ')}. ` : '';
  process.stderr.write(`${what}Usage: npm run bench NAME…, one or more of: ${known.join(', ')}\n`);
  process.exitCode = 2;
} else {
  // One after the other: they would measure each other otherwise.
  for (const name of names) {
    const { main } = (await import(`./${name}.ts`)) as { main(): Promise<void> };
    await main();
  }
}

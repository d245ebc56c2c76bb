import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const ALLOW_RULES = ['ponder', 'actOutside', 'waver']
  .map((name) => `p, analyst, command:${name}, **, *, allow\n`)
  .join('');
const RULES = `${ALLOW_RULES}p, analyst, command:actAgreed, **, *, approve\n`;

/**
 * Makes what servers need that have the commands of crash-commands.ts: their environment, and the folder that tells how
 * often each step has acted.
 */
export async function prepareExternalEffects(folder: string) {
  const acts = join(folder, 'acts');
  await mkdir(acts);
  const rules = join(folder, 'policy.csv');
  await writeFile(rules, `${await readFile('policy/policy.csv', 'utf8')}\n${RULES}`);
  const env = {
    ACTS_FOLDER: acts,
    POLICY_FILE: rules,
    SIGNALBOX_PLUGINS: 'test/support/reliability/effect-commands.ts',
    LOG_LEVEL: 'warn',
  };
  return { env, acts };
}

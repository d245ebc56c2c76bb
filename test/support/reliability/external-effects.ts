import { readdirSync, statSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const ALLOW_RULES = ['ponder', 'actOutside', 'waver']
  .map((name) => `p, analyst, command:${name}, **, *, allow\n`)
  .join('');
const RULES = `${ALLOW_RULES}p, analyst, command:actAgreed, **, *, approve\n`;

/**
 * Prepares servers with the commands of effect-commands.ts. Returns their environment, and the folder in which the
 * commands record their effects.
 */
export async function prepareExternalEffects(folder: string) {
  const effectsDir = join(folder, 'effects');
  await mkdir(effectsDir);
  const rules = join(folder, 'policy.csv');
  await writeFile(rules, `${await readFile('policy/policy.csv', 'utf8')}\n${RULES}`);
  const env = {
    EFFECTS_DIR: effectsDir,
    POLICY_FILE: rules,
    SIGNALBOX_PLUGINS: 'test/support/reliability/effect-commands.ts',
    LOG_LEVEL: 'warn',
  };
  return { env, effectsDir };
}

/** How often each step has had its effect, by `RUN STEP`. */
export function countEffects(effectsDir: string): ReadonlyMap<string, number> {
  return new Map(readdirSync(effectsDir).map((name) => [name, statSync(join(effectsDir, name)).size / 2]));
}

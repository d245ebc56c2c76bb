import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { startServer } from '../support/server.ts';

const ROOT = join(import.meta.dirname, '../..');
const END = '--- end of block ---';

const there = ['bash', 'curl', 'jq'].every((tool) => spawnSync(tool, ['--version']).status === 0);
if (!there && process.env.REQUIRE_SERVICES) throw new Error('bash, curl and jq are required here');

/** A block of shell, with the answer printed below it. */
const BLOCK = /```sh\n((?:(?!```).)*)\n```(?:\n\n```json\n(.*?)\n```)?/gs;
/** Documents, with how many blocks at least. Of the README, the blocks that show an answer. */
const DOCUMENTS = [
  ['README.md', 1],
  ['docs/quickstart.md', 7],
] as const;

it.skipIf(!there).each(DOCUMENTS)(
  '%s says what happens, word for word (needs bash, curl and jq)',
  async (document, atLeast) => {
    const text = await readFile(join(ROOT, document), 'utf8');
    const blocks = [...text.matchAll(BLOCK)].filter(([, , answer]) => document !== 'README.md' || answer);
    expect(blocks.length).toBeGreaterThanOrEqual(atLeast);
    const server = await startServer();
    try {
      const env = { ...process.env, PORT: new URL(server.url).port };
      const commands = blocks.map(([, command = '']) => `${command}\necho '${END}'`);
      const { stdout } = await promisify(execFile)('bash', ['-c', commands.join('\n')], { timeout: 110_000, env });
      const answers = stdout.split(END).slice(0, -1);
      expect(answers.map((answer) => answer.trim())).toEqual(blocks.map(([, , answer = '']) => answer));
    } finally {
      await server.stop();
    }
  },
);

import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { startServer } from '../support/server.ts';

const DOCUMENT = join(import.meta.dirname, '../../docs/quickstart.md');
const END = '--- end of block ---';

const there = ['bash', 'curl', 'jq'].every((tool) => spawnSync(tool, ['--version']).status === 0);
if (!there && process.env.REQUIRE_SERVICES) throw new Error('bash, curl and jq are required here');

it.skipIf(!there)(
  'the quick start says what happens, word for word (needs bash, curl and jq)',
  async () => {
    const text = await readFile(DOCUMENT, 'utf8');
    const blocks = [...text.matchAll(/```sh\n(.*?)\n```(?:\n\n```json\n(.*?)\n```)?/gs)];
    expect(blocks.length).toBeGreaterThan(6);
    const server = await startServer();
    try {
      const { host } = new URL(server.url);
      const commands = blocks.map(([, command = '']) => `${command.replaceAll('localhost:4000', host)}\necho '${END}'`);
      const { stdout } = await promisify(execFile)('bash', ['-c', commands.join('\n')], { timeout: 50_000 });
      const answers = stdout.split(END).slice(0, -1);
      expect(answers.map((answer) => answer.trim())).toEqual(blocks.map(([, , answer = '']) => answer));
    } finally {
      await server.stop();
    }
  },
  60_000,
);

import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ADMIN, startEngine } from '../../../test/support/engine/engine.ts';
import { abortFault } from '../../core/abort.ts';
import type { QuotaName } from '../../core/accounts/accounts.ts';
import type { ToolContext } from '../../core/agent-session.ts';
import type { Failure } from '../../core/run.ts';
import { defineTool } from '../../tools/define-tool.ts';
import type { Engine } from '../requests/engine.ts';

const MIB = 2 ** 20;

let on: Awaited<ReturnType<typeof startEngine>>;
let engine: Engine;
/** What the tool does in the workspace of its run. */
let act: (folder: string, ctx: ToolContext) => void | Promise<void>;

const empty = Type.Object({});
const write = defineTool({
  ...{ name: 'write', title: 'write', description: 'write', effect: 'external', input: empty, output: empty },
  async run(_, ctx) {
    await act(await ctx.workspace(), ctx);
    return {};
  },
});

beforeAll(async () => {
  on = await startEngine();
  const quotas = {
    workspaceFiles: { principal: 100, tenant: 1_000 },
    workspaceBytes: { principal: 4 * MIB, tenant: 40 * MIB },
  };
  engine = on.engine({ tools: [write], quotas });
  await engine.begin();
});
afterAll(async () => {
  await engine.stop(0);
  await on.stop();
});

const admin = (username: string) => ({ ...ADMIN, subject: username, username });
const run = async (username: string, does: typeof act): Promise<Failure | undefined> => {
  act = does;
  const { snapshot } = await engine.callTool(admin(username), { tool: 'write', arguments: {} });
  return snapshot.run.error;
};
const used = async (username: string, quota: QuotaName) =>
  (await on.store.quotaUsage.used(admin(username), new Date())).get(quota)?.principal ?? 0;
/** Like a program that runs until it is ended. */
const untilEnded = (ctx: ToolContext) =>
  new Promise<never>((_, reject) => {
    ctx.signal.addEventListener('abort', () => reject(abortFault(ctx.signal)), { once: true });
  });
const refusal = (quota: QuotaName, limit: number, username: string) => ({
  code: 'THROTTLED',
  message: expect.stringMatching(`quota ${quota} of the user ${username} is exceeded: \\d+ of ${limit} `),
});

it('counts what a step leaves in the workspace of its run', async () => {
  const error = await run('ann', (folder) => {
    mkdirSync(join(folder, 'a'));
    writeFileSync(join(folder, 'a/b'), 'x');
  });
  expect(error).toBeUndefined();
  expect(await used('ann', 'workspaceFiles')).toBe(2);
  expect(await used('ann', 'workspaceBytes')).toBeGreaterThan(0);
});

it('ends a step that fills its workspace, and begins no other, until there is room', async () => {
  const error = await run('ben', async (folder, ctx) => {
    for (let i = 0; i < 8; i += 1) appendFileSync(join(folder, 'large'), Buffer.alloc(MIB, 1));
    await untilEnded(ctx);
  });
  expect(error).toMatchObject(refusal('workspaceBytes', 4 * MIB, 'ben'));
  expect(await used('ben', 'workspaceBytes')).toBeGreaterThanOrEqual(8 * MIB);
  expect(await run('ben', () => {})).toMatchObject(refusal('workspaceBytes', 4 * MIB, 'ben'));
  expect(await run('cleo', () => {})).toBeUndefined();
});

it('counts files whose names are not UTF-8', async () => {
  const error = await run('dan', async (folder, ctx) => {
    for (let i = 0; i < 128; i += 1)
      writeFileSync(Buffer.from(`${folder}/\xff${String.fromCharCode(i + 128)}`, 'latin1'), '');
    await untilEnded(ctx);
  });
  expect(error).toMatchObject(refusal('workspaceFiles', 100, 'dan'));
});

it('ends a step that hides files below too many folders', async () => {
  const error = await run('eli', async (folder, ctx) => {
    mkdirSync(join(folder, 'x/'.repeat(80)), { recursive: true });
    await untilEnded(ctx);
  });
  expect(error).toMatchObject({ code: 'RESOURCE_TOO_LARGE', message: expect.stringContaining('deeper than 64') });
});

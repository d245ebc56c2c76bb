import { copyFile, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Policy } from '../core/policy.ts';
import type { LogFields } from '../core/telemetry.ts';
import { loadPolicy } from './load-policy.ts';

const shippedModel = join(import.meta.dirname, '../../policy/model.conf');

let folder: string;
let modelFile: string;
let rulesFile: string;
let log: { readonly event: string; readonly fields: LogFields | undefined }[];
let policy: (Policy & { close(): void }) | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'load-policy-'));
  modelFile = join(folder, 'model.conf');
  rulesFile = join(folder, 'policy.csv');
  log = [];
  await copyFile(shippedModel, modelFile);
});

afterEach(async () => {
  policy?.close();
  policy = undefined;
  await rm(folder, { recursive: true });
});

async function start(rules?: string, actions?: readonly string[]): Promise<Policy> {
  if (rules !== undefined) await writeFile(rulesFile, rules);
  const note = (event: string, fields?: LogFields) => void log.push({ event, fields });
  const logger = { debug: note, info: note, warn: note, error: note };
  policy = await loadPolicy({ modelFile, rulesFile, logger, ...(actions && { actions }) });
  return policy;
}

/** Replaces a file atomically. */
async function replaceRules(text: string): Promise<void> {
  await writeFile(`${rulesFile}~`, text);
  await rename(`${rulesFile}~`, rulesFile);
}

const rulesOf = (effect: string) => `g, user\np, user, *, **, *, ${effect}\n`;
const effectOf = (of: Policy) => of.decide({ roles: ['user'], action: 'exec' }).effect;
const logged = (event: string) => log.filter((line) => line.event === event);
const eventually = (assertion: () => void) => vi.waitFor(assertion, { timeout: 110_000, interval: 20 });

describe('the policy of two files', () => {
  it('decides, explains and lists the rules of the file', async () => {
    const loaded = await start(rulesOf('approve'));
    expect(effectOf(loaded)).toBe('APPROVE');
    expect(loaded.explain({ roles: [], action: 'exec' }).nearMisses).toMatchObject([{ missed: 'role' }]);
    expect(loaded.rules()).toMatchObject([{ role: 'user', action: '*', uri: '**', effect: 'APPROVE' }]);
    expect(loaded.decide({ roles: ['user'], action: 'exec' }).snapshot).toBe(loaded.snapshot());
    expect(logged('policy.loaded')).toMatchObject([{ fields: { rules: 1, roles: ['user'] } }]);
  });

  it('does not start with invalid rules, and reports their lines', async () => {
    await expect(start('g, user\np, user, *, **, *, Allow\np, usr, *, **, *, allow')).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringMatching(/line 2: .*"Allow".*\nline 3: .*"usr"/),
      violations: [{ path: '/line/2' }, { path: '/line/3' }],
    });
  });

  it('does not start with an unsupported model, or without its files', async () => {
    await writeFile(modelFile, '[request_definition]\nr = sub, obj, act\n');
    await expect(start(rulesOf('allow'))).rejects.toMatchObject({
      code: 'BAD_INPUT',
      violations: [{ path: '/model' }],
    });
    await rm(modelFile);
    await expect(start()).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('cannot be read'),
    });
  });

  it('passes the known actions on, so that a misspelled one is found', async () => {
    await expect(start('g, user\np, user, command:fecth, **, *, deny', ['command:fetch'])).rejects.toMatchObject({
      violations: [{ path: '/line/2', message: expect.stringContaining('fecth') }],
    });
  });

  it('reloads a file that is written in place', async () => {
    const loaded = await start(rulesOf('allow'));
    const before = loaded.snapshot();
    await writeFile(rulesFile, rulesOf('deny'));
    await eventually(() => expect(effectOf(loaded)).toBe('DENY'));
    expect(loaded.snapshot()).not.toBe(before);
    expect(logged('policy.reloaded')).toMatchObject([{ fields: { snapshot: loaded.snapshot() } }]);
  });

  it('reloads a file that an editor renames into place, repeatedly', async () => {
    const loaded = await start(rulesOf('allow'));
    for (const effect of ['deny', 'approve']) {
      await replaceRules(rulesOf(effect));
      await eventually(() => expect(effectOf(loaded)).toBe(effect.toUpperCase()));
    }
  });

  it('reloads a mounted ConfigMap, which changes by a link', async () => {
    for (const [version, effect] of Object.entries({ '..v1': 'allow', '..v2': 'deny' })) {
      await mkdir(join(folder, version));
      await writeFile(join(folder, version, 'policy.csv'), rulesOf(effect));
    }
    await symlink('..v1', join(folder, '..data'));
    await symlink('..data/policy.csv', rulesFile);
    const loaded = await start();
    expect(effectOf(loaded)).toBe('ALLOW');
    await symlink('..v2', join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
    await eventually(() => expect(effectOf(loaded)).toBe('DENY'));
  });

  it('reloads a change of the model only, even of its comments', async () => {
    const loaded = await start(rulesOf('allow'));
    const before = loaded.snapshot();
    await writeFile(modelFile, `${await readFile(shippedModel, 'utf8')}\n# more to say\n`);
    await eventually(() => expect(loaded.snapshot()).not.toBe(before));
    expect(effectOf(loaded)).toBe('ALLOW');
  });

  it('rejects an invalid change, once and with its lines, and keeps the rules in force', async () => {
    const loaded = await start(rulesOf('allow'));
    const before = loaded.snapshot();
    await replaceRules('g, user\np, user, *, **, *, Deny\n');
    await eventually(() => expect(logged('policy.refused')).toHaveLength(1));
    expect(logged('policy.refused')[0]?.fields).toMatchObject({
      inForce: before,
      message: expect.stringContaining('line 2: effect: "Deny"'),
      problems: [{ path: '/line/2' }],
    });
    await writeFile(join(folder, 'policy.csv.swp'), '');
    await replaceRules('g, user\np, user, *, **, *, Deny\n');
    await setTimeout(400);
    expect(logged('policy.refused')).toHaveLength(1);
    expect([loaded.snapshot(), effectOf(loaded)]).toEqual([before, 'ALLOW']);

    await replaceRules(rulesOf('deny'));
    await eventually(() => expect(effectOf(loaded)).toBe('DENY'));
  });

  it('keeps the rules in force while a file is missing, and logs that once', async () => {
    const loaded = await start(rulesOf('allow'));
    await rename(rulesFile, `${rulesFile}.away`);
    await eventually(() => expect(logged('policy.refused')).toHaveLength(1));
    expect(effectOf(loaded)).toBe('ALLOW');
    await replaceRules(rulesOf('deny'));
    await eventually(() => expect(effectOf(loaded)).toBe('DENY'));
  });

  it('no longer changes when it is closed', async () => {
    const loaded = await start(rulesOf('allow'));
    policy?.close();
    await replaceRules(rulesOf('deny'));
    await setTimeout(400);
    expect(effectOf(loaded)).toBe('ALLOW');
  });
});

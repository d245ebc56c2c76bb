import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseNoteKey, printNoteKey } from '../../audit/signed-note.ts';
import { readCheckpointKey } from './checkpoint-key.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'signalbox-key-'));
  file = join(folder, 'checkpoint-key.pem');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('creates a key once, readable only by its owner', async () => {
  const created = readCheckpointKey(file, { make: true });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(readCheckpointKey(file, { make: true }).id).toBe(created.id);
  expect(readCheckpointKey(file, { make: false }).id).toBe(created.id);
  expect(await readdir(folder)).toEqual(['checkpoint-key.pem']);
  expect(parseNoteKey(printNoteKey(created)).id).toBe(created.id);
});

it('names the log after the key', () => {
  expect(readCheckpointKey(file, { make: true }).name).toMatch(/^signalbox\/[0-9a-f]{16}$/);
});

it('accepts only an Ed25519 key in PKCS#8 PEM, and says what to set', async () => {
  const rejection = { code: 'BAD_INPUT', message: expect.stringContaining('openssl genpkey -algorithm ed25519') };
  const read = () => readCheckpointKey(file, { make: false });
  expect(read).toThrow(expect.objectContaining(rejection));
  for (const pem of [
    'no key',
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' }),
    generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }),
  ]) {
    await writeFile(file, pem);
    expect(read).toThrow(expect.objectContaining(rejection));
    expect(() => readCheckpointKey(file, { make: true })).toThrow(expect.objectContaining(rejection));
  }
});

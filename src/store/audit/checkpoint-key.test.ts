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

it('makes a key once, readable by its owner only', async () => {
  const made = readCheckpointKey(file, { make: true });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(readCheckpointKey(file, { make: true }).id).toBe(made.id);
  expect(readCheckpointKey(file, { make: false }).id).toBe(made.id);
  expect(await readdir(folder)).toEqual(['checkpoint-key.pem']);
  expect(parseNoteKey(printNoteKey(made)).id).toBe(made.id);
});

it('names the log after the key', () => {
  expect(readCheckpointKey(file, { make: true }).name).toMatch(/^signalbox\/[0-9a-f]{16}$/);
});

it('takes an Ed25519 key in PKCS#8 PEM and nothing else, and says what to write', async () => {
  const refusal = { code: 'BAD_INPUT', message: expect.stringContaining('openssl genpkey -algorithm ed25519') };
  const read = () => readCheckpointKey(file, { make: false });
  expect(read).toThrow(expect.objectContaining(refusal));
  for (const pem of [
    'no key',
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' }),
    generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }),
  ]) {
    await writeFile(file, pem);
    expect(read).toThrow(expect.objectContaining(refusal));
    expect(() => readCheckpointKey(file, { make: true })).toThrow(expect.objectContaining(refusal));
  }
});

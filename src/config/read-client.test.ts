import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Fault } from '../core/errors.ts';
import { readClientEnvironment } from './read-client.ts';

const complaint = (env: Record<string, string>): string => {
  try {
    readClientEnvironment(env);
  } catch (error) {
    if (error instanceof Fault) return error.message;
  }
  return '';
};

describe('a client', () => {
  it('connects to this machine as the owner of the token by default', () => {
    const { url, identity } = readClientEnvironment({ SIGNALBOX_TOKEN: 'abc' });
    expect(url).toBe('http://127.0.0.1:4000');
    expect(identity.kind === 'token' && Buffer.from(identity.token.reveal()).toString()).toBe('abc');
  });

  it('signs in with a password, which may be in a file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'signalbox-')), 'password');
    writeFileSync(file, 'secret words\n');
    const env = { SIGNALBOX_URL: 'https://box.example/', SIGNALBOX_USERNAME: 'ada', SIGNALBOX_PASSWORD_FILE: file };
    const { url, identity } = readClientEnvironment(env);
    expect(url).toBe('https://box.example');
    expect(identity).toMatchObject({ kind: 'password', username: 'ada' });
    expect(identity.kind === 'password' && Buffer.from(identity.password.reveal()).toString()).toBe('secret words');
    expect(JSON.stringify(identity)).not.toContain('secret words');
  });

  it('gets a message about missing and invalid settings', () => {
    expect(complaint({})).toContain('SIGNALBOX_TOKEN: set it, or SIGNALBOX_USERNAME and SIGNALBOX_PASSWORD');
    expect(complaint({ SIGNALBOX_USERNAME: 'ada' })).toContain('SIGNALBOX_PASSWORD');
    expect(complaint({ SIGNALBOX_TOKEN: 'x', SIGNALBOX_URL: 'ftp://box' })).toContain('SIGNALBOX_URL: write an http');
  });
});

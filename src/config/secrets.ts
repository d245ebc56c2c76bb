import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Fault } from '../core/errors.ts';
import type { EnvironmentReader } from './variables.ts';

const REDACTED = '[secret]';
const MAX_FILE_BYTES = 65_536;
/** RFC 7518, section 3.2: a key for HS256 must be at least as long as the hash. */
export const MIN_KEY_BYTES = 32;

/** Bytes that no log line, error or JSON text shows by accident: only `reveal` returns them. */
export interface Secret {
  reveal(): Uint8Array;
  toJSON(): string;
  toString(): string;
}

export function createSecret(bytes: Uint8Array): Secret {
  const hidden = () => REDACTED;
  return Object.freeze({ reveal: () => bytes, toJSON: hidden, toString: hidden, [inspect.custom]: hidden });
}

/** The value of `NAME`, or the content of the file in `NAME_FILE` without the final newline. */
export function readSecret(read: EnvironmentReader, name: string, leastBytes: number): Secret | undefined {
  const value = read.text(name);
  const file = read.text(`${name}_FILE`);
  if (value !== undefined && file !== undefined) {
    read.addProblem(name, `set either ${name} or ${name}_FILE, not both`);
    return undefined;
  }
  const bytes = file === undefined ? value && Buffer.from(value) : readSecretFile(read, `${name}_FILE`, file);
  if (!bytes) return undefined;
  if (bytes.length < leastBytes) {
    const hint = 'create one with: openssl rand -base64 48';
    read.addProblem(name, `is ${bytes.length} bytes long; write at least ${leastBytes} (${hint})`);
  }
  return createSecret(bytes);
}

function readSecretFile(read: EnvironmentReader, name: string, file: string): Buffer | undefined {
  try {
    if (statSync(file).size > MAX_FILE_BYTES) throw new Error(`larger than ${MAX_FILE_BYTES} bytes`);
    const bytes = readFileSync(file);
    const end = /\r?\n$/.exec(bytes.toString('latin1'))?.index;
    return bytes.subarray(0, end);
  } catch (error) {
    read.addProblem(
      name,
      `${file} cannot be read (${(error as Error).message}); write the path of a file with the secret`,
    );
    return undefined;
  }
}

/**
 * A generated secret: created once and kept in `DATA_DIR`, so that what it signs or seals survives a restart; readable
 * by its owner only.
 * @throws Fault BAD_INPUT when the folder cannot be written or the file is damaged.
 */
export function persistedSecret(dataDir: string, name: string): Secret {
  const file = join(dataDir, name);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const bytes = readPersisted(file) ?? persistNewSecret(file);
    if (bytes.length < MIN_KEY_BYTES) throw new Error(`${file} is damaged; delete it`);
    return createSecret(bytes);
  } catch (error) {
    const message = `DATA_DIR: ${(error as Error).message}; write a folder that this process may write to`;
    throw new Fault('BAD_INPUT', message, { violations: [{ path: '/DATA_DIR', message }], cause: error });
  }
}

function readPersisted(file: string): Uint8Array | undefined {
  try {
    const bytes = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url');
    chmodSync(file, 0o600);
    return bytes;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Written to a temporary file and then linked: two servers that start at once both use the first one's secret. */
function persistNewSecret(file: string): Uint8Array {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(draft, `${randomBytes(MIN_KEY_BYTES).toString('base64url')}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    });
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readPersisted(file) ?? new Uint8Array();
}

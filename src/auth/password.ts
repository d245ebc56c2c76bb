import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Fault } from '../core/errors.ts';

const derive = promisify<string, Uint8Array, number, ScryptOptions, Buffer>(scrypt);

/** 32 MiB and about 0.2 s of one core; as strong as OWASP's first choice for scrypt, with a quarter of its memory. */
const COST = { ln: 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{43})$/;

/**
 * The scrypt hash (RFC 7914) of a password in PHC string format: `$scrypt$ln=15,r=8,p=3$salt$hash`. It contains the
 * parameters, so that they can be raised later. Runs in the thread pool.
 */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return formatPhc(salt, await deriveKey(password, salt, COST));
}

/**
 * Whether the password matches the hash, in the same time for both answers.
 * @throws Error when `hash` was not written by `hashPassword`: the stored account is damaged.
 */
export async function verifyPassword(password: string, hash: string): Promise<boolean> {
  const [, ln, r, p, salt, expected] = PHC.exec(hash) ?? [];
  if (salt === undefined || expected === undefined) throw new Error('a stored password hash is damaged');
  const actual = await deriveKey(password, Buffer.from(salt, 'base64'), { ln: Number(ln), r: Number(r), p: Number(p) });
  return timingSafeEqual(actual, Buffer.from(expected, 'base64'));
}

const MIN_PASSWORD_LENGTH = 12;
/** Longer ones would only cost time. */
export const MAX_PASSWORD_BYTES = 1024;

/** @throws Fault BAD_INPUT for a new password that is too short, too long, or the user name */
export function checkPassword(password: string, username: string): void {
  const path = { path: ['input', 'password'] };
  if (password.length < MIN_PASSWORD_LENGTH)
    throw new Fault('BAD_INPUT', `The password is too short. Use at least ${MIN_PASSWORD_LENGTH} characters.`, path);
  if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES)
    throw new Fault('BAD_INPUT', `The password is too long. Use at most ${MAX_PASSWORD_BYTES} bytes.`, path);
  if (password.toLowerCase() === username.toLowerCase())
    throw new Fault('BAD_INPUT', 'The password is the user name. Use another one.', path);
}

/** Verifying it takes as long as a real hash, and no password matches it. */
export const UNKNOWN_ACCOUNT_HASH = formatPhc(new Uint8Array(SALT_BYTES), new Uint8Array(HASH_BYTES));

function deriveKey(password: string, salt: Uint8Array, { ln, r, p }: typeof COST): Promise<Buffer> {
  const N = 2 ** ln;
  // RFC 8265: another keyboard may produce the same password in another normalization form.
  return derive(password.normalize('NFC'), salt, HASH_BYTES, { N, r, p, maxmem: 128 * r * (N + p) + 65_536 });
}

function formatPhc(salt: Uint8Array, hash: Uint8Array): string {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replaceAll('=', '');
  return `$scrypt$ln=${COST.ln},r=${COST.r},p=${COST.p}$${base64(salt)}$${base64(hash)}`;
}

import { hash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { AccessTokenKind } from '../core/accounts/access-tokens.ts';

/** What tokens begin with, so that scanners of leaked secrets recognize them. */
const PREFIXES: Readonly<Record<AccessTokenKind, string>> = { SESSION: 'sbs_', API: 'sbx_' };
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 43 digits of 62 have 256 bits. */
const SECRET_DIGITS = 43;
const CHECKSUM_DIGITS = 6;
/** The largest multiple of 62 in a byte: greater bytes would make some digits more frequent. */
const MAX_FAIR_BYTE = 4 * DIGITS.length;
const TOKEN_PATTERN = new RegExp(`^(sb[sx]_)([0-9A-Za-z]{${SECRET_DIGITS}})([0-9A-Za-z]{${CHECKSUM_DIGITS}})$`);

/**
 * A new token: prefix, 256 random bits, and a CRC-32 of both, all in base 62. The checksum tells a mistyped or invented token from
 * one that was revoked, without a look-up. As a regular expression: `sb[sx]_[0-9A-Za-z]{49}`.
 */
export function createTokenText(kind: AccessTokenKind): string {
  let secret = '';
  while (secret.length < SECRET_DIGITS) {
    for (const byte of randomBytes(SECRET_DIGITS)) {
      if (byte < MAX_FAIR_BYTE && secret.length < SECRET_DIGITS) secret += DIGITS[byte % DIGITS.length];
    }
  }
  return `${PREFIXES[kind]}${secret}${checksumOf(PREFIXES[kind] + secret)}`;
}

/** Whether a text claims to be an API token: no JWT begins like it. */
export function isApiToken(text: string): boolean {
  return text.startsWith(PREFIXES.API);
}

/**
 * The SHA-256 of a well-formed token of this kind; undefined for any other text. Tokens are found by it: how long that takes says
 * nothing about the 256 random bits.
 */
export function hashOfToken(text: string, kind: AccessTokenKind): string | undefined {
  const [, prefix = '', secret = '', checksum] = TOKEN_PATTERN.exec(text) ?? [];
  if (prefix !== PREFIXES[kind] || checksum !== checksumOf(prefix + secret)) return undefined;
  return hash('sha256', text, 'base64');
}

function checksumOf(text: string): string {
  let rest = crc32(text);
  let digits = '';
  for (let i = 0; i < CHECKSUM_DIGITS; i += 1) {
    digits = (DIGITS[rest % DIGITS.length] as string) + digits;
    rest = Math.floor(rest / DIGITS.length);
  }
  return digits;
}

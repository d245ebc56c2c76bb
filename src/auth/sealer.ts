import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Secret } from '../config/secrets.ts';

/** The purpose of sealed bytes, from general to specific; opening requires exactly the same purpose. */
type SealPurpose = readonly string[];

/** Encrypts and authenticates bytes that others store or transport. */
export interface Sealer {
  seal(purpose: SealPurpose, bytes: Uint8Array): Uint8Array;
  /** Undefined when the bytes were sealed for another purpose or with another key, or were modified. */
  open(purpose: SealPurpose, sealed: Uint8Array): Uint8Array | undefined;
}

/** Version of the format; a later format gets another number, and both can be opened. */
const VERSION = 1;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM (NIST SP 800-38D) with a separate key and nonce for each sealing, derived from the server's key, a random
 * salt and the purpose by HKDF-SHA256 (RFC 5869): no two sealed values share a key.
 * What the previous key sealed is opened too.
 * Format: version (1 byte), salt (16), ciphertext, tag (16).
 */
export function createSealer(key: Secret, previous?: Secret): Sealer {
  const keysOf = (purpose: SealPurpose, salt: Uint8Array, from = key) => {
    // As JSON, so that different purposes never give the same text.
    const info = JSON.stringify(['signalbox seal', VERSION, ...purpose]);
    const keyAndNonce = Buffer.from(hkdfSync('sha256', from.reveal(), salt, info, KEY_BYTES + NONCE_BYTES));
    return { key: keyAndNonce.subarray(0, KEY_BYTES), nonce: keyAndNonce.subarray(KEY_BYTES) };
  };

  const openWith = (from: Secret, purpose: SealPurpose, sealed: Uint8Array) => {
    if (sealed[0] !== VERSION || sealed.length < 1 + SALT_BYTES + TAG_BYTES) return undefined;
    const keys = keysOf(purpose, sealed.subarray(1, 1 + SALT_BYTES), from);
    const cipher = createDecipheriv('aes-256-gcm', keys.key, keys.nonce, { authTagLength: TAG_BYTES });
    cipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const inside = cipher.update(sealed.subarray(1 + SALT_BYTES, -TAG_BYTES));
    try {
      return Buffer.concat([inside, cipher.final()]);
    } catch {
      return undefined;
    }
  };

  return {
    seal(purpose, bytes) {
      const salt = randomBytes(SALT_BYTES);
      const keys = keysOf(purpose, salt);
      const cipher = createCipheriv('aes-256-gcm', keys.key, keys.nonce);
      const inside = [cipher.update(bytes), cipher.final()];
      return Buffer.concat([Uint8Array.of(VERSION), salt, ...inside, cipher.getAuthTag()]);
    },
    open: (purpose, sealed) => openWith(key, purpose, sealed) ?? (previous && openWith(previous, purpose, sealed)),
  };
}

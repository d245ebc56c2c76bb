import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { createNoteKey, type NoteKey } from '../../audit/signed-note.ts';
import { Fault } from '../../core/errors.ts';

/** The key that signs checkpoints. */
export interface CheckpointKey extends NoteKey {
  readonly privateKey: KeyObject;
}

/**
 * Reads the server's Ed25519 key from a file in PKCS#8 PEM (RFC 8410). Its name, which is also the log's origin, is derived
 * from the key: nodes that share the key write one log, and a new key starts another.
 * @param make whether to create the file if it does not exist: readable by its owner only; if two servers start at once,
 *   both use the same key.
 * @throws Fault BAD_INPUT if it cannot be read or is not such a key
 */
export function readCheckpointKey(file: string, { make }: { readonly make: boolean }): CheckpointKey {
  try {
    const pem =
      (make ? readPersistedKey(file) : undefined) ?? (make ? persistNewKey(file) : readFileSync(file, 'utf8'));
    const privateKey = createPrivateKey(pem);
    if (privateKey.asymmetricKeyType !== 'ed25519')
      throw new Error(`it is a key of type ${privateKey.asymmetricKeyType}`);
    const publicKey = createPublicKey(privateKey);
    const digest = createHash('sha256')
      .update(publicKey.export({ format: 'der', type: 'spki' }))
      .digest('hex');
    return { ...createNoteKey(`signalbox/${digest.slice(0, 16)}`, publicKey), privateKey };
  } catch (cause) {
    const message = `The checkpoint key ${file} cannot be used: ${(cause as Error).message}. Set CHECKPOINT_KEY_FILE to the path of an Ed25519 key in PKCS#8 PEM (openssl genpkey -algorithm ed25519).`;
    throw new Fault('BAD_INPUT', message, { cause });
  }
}

function readPersistedKey(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes a temporary file and links it to the final path, so that the key appears complete, and only once. */
function persistNewKey(file: string): string {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });
  try {
    writeFileSync(draft, pem, { mode: 0o600, flag: 'wx', flush: true });
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readFileSync(file, 'utf8');
}

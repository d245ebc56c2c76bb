import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { type Static, Type } from 'typebox';
import { isJsonObject, type Json } from '../lib/json.ts';
import type { Config } from './config.ts';
import { readSecret } from './secrets.ts';
import type { EnvironmentReader } from './variables.ts';

/** For modules that are loaded only when a peers file is set. */
const require = createRequire(import.meta.url);

const Name = Type.String({ minLength: 1, maxLength: 256 });
const Entry = Type.Object({
  public_key: Type.Optional(Type.String()),
  key_file: Type.Optional(Type.String({ minLength: 1 })),
  account: Type.Optional(Name),
  tenant: Type.Optional(Name),
  workers: Type.Boolean({ default: false }),
});

/** A peer as the file describes it. */
export interface PeerSettings {
  readonly senderId: string;
  /** P-256. Absent for a peer that does not sign. */
  readonly key?: KeyObject;
  /** SHA-256 of the key; empty without one. */
  readonly keyId: string;
  /** Account under which its jobs run: a user name, or the subject of an account of `tenant`. */
  readonly account?: string;
  readonly tenant?: string;
  /** It may act as a worker. */
  readonly isWorker: boolean;
}

export interface PeersFile {
  readonly peers: ReadonlyMap<string, PeerSettings>;
  /** The file, and the files with keys that it names; absolute. */
  readonly files: readonly string[];
  /** `digestOf` the texts of those files. */
  readonly digest: string;
}

/** Who may send packets of the Cordum Agent Protocol, and as whom this server does. */
export function readPeers(read: EnvironmentReader): Config['peers'] {
  const file = read.text('CAP_PEERS');
  const allowUnsigned = read.flag('CAP_UNSIGNED', false);
  const unsignedAccount = read.text('CAP_UNSIGNED_ACCOUNT');
  const key = readSecret(read, 'CAP_KEY', 1);
  const settings = {
    allowUnsigned,
    emptySignature: read.flag('CAP_EMPTY_SIGNATURE', false),
    senderId: read.text('CAP_SENDER_ID') ?? 'signalbox',
    ...(file !== undefined && { file: resolve(file) }),
    ...(unsignedAccount !== undefined && { unsignedAccount }),
    ...(key && { key }),
  };
  if (!/^[\w.-]{1,256}$/.test(settings.senderId)) {
    read.addProblem('CAP_SENDER_ID', 'write 1 to 256 of the characters A-Z, a-z, 0-9, _, . and -');
  }
  if (unsignedAccount !== undefined && !allowUnsigned) {
    read.addProblem('CAP_UNSIGNED_ACCOUNT', 'has no effect without CAP_UNSIGNED=true; set both or neither');
  }
  if (key && !isKey(Buffer.from(key.reveal()).toString())) {
    const hint = 'openssl ecparam -name prime256v1 -genkey -noout -out cap-key.pem, and CAP_KEY_FILE=cap-key.pem';
    read.addProblem('CAP_KEY', `is not a private key on P-256 in PEM; create one with: ${hint}`);
  }
  try {
    if (settings.file !== undefined) readPeersFile(settings.file, settings);
  } catch (error) {
    const message = `${settings.file} cannot be used: ${(error as Error).message}; docs/cap.md has an example`;
    read.addProblem('CAP_PEERS', message);
  }
  return settings;
}

/**
 * The peers of a YAML file by sender id; docs/cap.md describes it. Key files are relative to it.
 * @throws Error that states what is not valid
 */
export function readPeersFile(
  file: string,
  { allowUnsigned, senderId: ownId }: Pick<Config['peers'], 'allowUnsigned' | 'senderId'>,
): PeersFile {
  const { parse } = require('yaml') as typeof import('yaml');
  const files: string[] = [];
  const texts: string[] = [];
  const readText = (path: string) => {
    files.push(path);
    const text = readFileSync(path, 'utf8');
    texts.push(text);
    return text;
  };
  const document: unknown = parse(readText(file)) ?? {};
  if (!isJsonObject(document)) throw new Error('it must be an object of peers by sender id');
  const peers = new Map<string, PeerSettings>();
  for (const [senderId, value] of Object.entries(document)) {
    const entry = checkEntry(senderId, value);
    if (senderId === ownId) throw new Error(`${senderId} is this server; set CAP_KEY for its key`);
    const { public_key: pem, key_file: keyFile } = entry;
    if (pem !== undefined && keyFile !== undefined)
      throw new Error(`${senderId} has public_key and key_file; keep one`);
    const text = keyFile === undefined ? pem : readText(resolve(dirname(file), keyFile));
    const key = text === undefined ? undefined : readKey(senderId, text);
    if (!key && !allowUnsigned) throw new Error(`${senderId} needs public_key or key_file, unless CAP_UNSIGNED=true`);
    const { account, tenant, workers: isWorker } = entry;
    peers.set(senderId, {
      ...{ senderId, isWorker, keyId: key ? keyIdOf(key) : '' },
      ...(key && { key }),
      ...(account !== undefined && { account }),
      ...(tenant !== undefined && { tenant }),
    });
  }
  return { peers, files, digest: digestOf(texts) };
}

/** Changes when one of the texts does. */
export function digestOf(texts: readonly string[]): string {
  return hash('sha256', JSON.stringify(texts));
}

function checkEntry(senderId: string, value: Json): Static<typeof Entry> {
  const { Value } = require('typebox/value') as typeof import('typebox/value');
  const entry = Value.Default(Entry, value ?? {});
  const names = Object.keys(Entry.properties);
  const unknown = Object.keys(entry as object).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`${senderId} has no setting ${unknown}; write ${names.join(', ')}`);
  const [problem] = Value.Errors(Entry, entry);
  if (problem) throw new Error(`${senderId}${problem.instancePath} ${problem.message}`);
  return entry as Static<typeof Entry>;
}

/** @throws Error for what is not a public key on P-256 */
function readKey(senderId: string, pem: string): KeyObject {
  if (pem.includes('PRIVATE KEY')) throw new Error(`${senderId} has a private key here; write the public key`);
  const key = parseKey(pem);
  if (!key) throw new Error(`${senderId} has no public key on P-256 in PEM`);
  return key;
}

function keyIdOf(key: KeyObject): string {
  return hash('sha256', key.export({ format: 'der', type: 'spki' }));
}

/** Of a public key, or the public part of a private one; undefined unless it is on P-256. */
function parseKey(pem: string): KeyObject | undefined {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : undefined;
  } catch {
    return undefined;
  }
}

function isKey(pem: string): boolean {
  return pem.includes('PRIVATE KEY') && parseKey(pem) !== undefined;
}

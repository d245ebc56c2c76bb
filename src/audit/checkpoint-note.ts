import { type NoteKey, openNote } from './signed-note.ts';

/** The head of a tree: C2SP tlog-checkpoint (c2sp.org/tlog-checkpoint). */
export interface TreeHead {
  /** Names the log. */
  readonly origin: string;
  /** Number of leaves. */
  readonly size: number;
  /** The 32 bytes of its root hash. */
  readonly root: Uint8Array;
}

/** The signed text: three lines, the origin, the size in decimal and the root in base64. */
export function checkpointText({ origin, size, root }: TreeHead): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
}

/** Lines of a note, from the origin to the last signature. */
const NOTE = /^[^\s+]+\n(?:0|[1-9]\d{0,15})\n[A-Za-z0-9+/]{43}=\n\n(?:— [^\s+]+ [A-Za-z0-9+/]+=*\n)+/gmu;

/** The notes of checkpoints in a text such as that of `checkpoints.log`, in their order; anything else is skipped. Not verified. */
export function findCheckpointNotes(text: string): readonly string[] {
  return text.match(NOTE) ?? [];
}

/** @throws TypeError when the text is not a checkpoint; lines after the third are ignored */
export function parseCheckpointText(text: string): TreeHead {
  const [origin = '', size = '', root = ''] = text.split('\n');
  const bytes = Buffer.from(root, 'base64');
  if (origin === '' || !/^(0|[1-9]\d{0,15})$/.test(size) || bytes.length !== 32 || bytes.toString('base64') !== root) {
    throw new TypeError('it is not a checkpoint: an origin, a size and a root hash in base64, each on its line');
  }
  return { origin, size: Number(size), root: bytes };
}

/** The tree head of a signed checkpoint of this log. @throws TypeError unless the log's key signed it */
export function openCheckpoint(note: string, key: NoteKey): TreeHead & { readonly signature: Buffer } {
  const { text, signature } = openNote(note, key);
  const head = parseCheckpointText(text);
  // The key of a log is named after its origin, so that a checkpoint of one log cannot pass as that of another.
  if (head.origin !== key.name) throw new TypeError(`it is a checkpoint of ${head.origin}, not of ${key.name}`);
  return { ...head, signature };
}

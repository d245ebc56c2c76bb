import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openCheckpoint, type TreeHead } from '../../audit/checkpoint-note.ts';
import type { NoteKey } from '../../audit/signed-note.ts';
import { Fault } from '../../core/errors.ts';

/** Longer than two notes, so that it includes the last complete one. */
const READ_TAIL_BYTES = 4_096;

/** The file of all checkpoints that this server has signed: outside the database, so that rewriting the database is detected. */
export interface CheckpointLog {
  /** The key's newest note; undefined if the file is empty. */
  last(): (TreeHead & { readonly signature: Buffer }) | undefined;
  /** Durable when it resolves. */
  append(note: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the file, and creates it if it does not exist. An incomplete note that a crash left at the end is cut off.
 * @throws Fault UNAVAILABLE if it cannot be opened, CONFLICT if its last note is not signed by the key
 */
export async function openCheckpointLog(file: string, key: NoteKey): Promise<CheckpointLog> {
  const handle = await openFile(file);
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - READ_TAIL_BYTES);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(READ_TAIL_BYTES), 0, READ_TAIL_BYTES, start);
    const tail = buffer.subarray(0, bytesRead);
    const end = endOfLastNote(tail);
    if (end < tail.length) {
      await handle.truncate(start + end);
      await handle.sync();
    }
    let length = start + end;
    let last = end === 0 ? undefined : openLastNote(tail.toString('utf8', 0, end), key, file);
    return {
      last: () => last,
      append: async (note) => {
        const opened = openCheckpoint(note, key);
        try {
          await handle.appendFile(note);
          await handle.datasync();
        } catch (error) {
          // An incomplete note in the middle would make the rest unreadable.
          await handle.truncate(length).catch(() => {});
          throw error;
        }
        length += Buffer.byteLength(note);
        last = opened;
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openFile(file: string): Promise<FileHandle> {
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;
  try {
    const handle = await open(file, flags, 0o600);
    const folder = await open(dirname(file), constants.O_RDONLY | constants.O_DIRECTORY);
    await folder.sync().finally(() => folder.close());
    return handle;
  } catch (cause) {
    const message = `The checkpoint file ${file} cannot be written (${(cause as Error).message}). Make it writable, then start again.`;
    throw new Fault('UNAVAILABLE', message, { cause });
  }
}

/** The offset after the last complete signature line. */
function endOfLastNote(tail: Buffer): number {
  const mark = tail.lastIndexOf('\n\n— ');
  if (mark < 0) return 0;
  const end = tail.indexOf('\n', mark + 2);
  // The last signature is incomplete: the note before it is the last one.
  return end >= 0 ? end + 1 : endOfLastNote(tail.subarray(0, mark + 1));
}

/** A note has five lines: three lines of text, an empty line, and its signature. */
function openLastNote(text: string, key: NoteKey, file: string) {
  const note = `${text.trimEnd().split('\n').slice(-5).join('\n')}\n`;
  try {
    return openCheckpoint(note, key);
  } catch (cause) {
    const message = `The end of ${file} is not a checkpoint of the key ${key.name}+${key.id}: ${(cause as Error).message}. Find out who changed it; if the key was replaced on purpose, move the file away and start again.`;
    throw new Fault('CONFLICT', message, { cause });
  }
}

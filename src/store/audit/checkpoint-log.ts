import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openCheckpoint, parseCheckpointText, type TreeHead } from '../../audit/checkpoint-note.ts';
import type { NoteKey } from '../../audit/signed-note.ts';
import { Fault } from '../../core/errors.ts';
import type { Logger } from '../../core/telemetry.ts';
import { findNotes, isTornNote, MAX_NOTE_BYTES } from './note-layout.ts';

/** What is read at once while searching backwards. */
const WINDOW_BYTES = 64 * 1024;

/** The file of all checkpoints that this server has signed: outside the database, so that rewriting the database is detected. */
export interface CheckpointLog {
  /** The key's newest note; undefined if the file is empty. */
  last(): (TreeHead & { readonly signature: Buffer }) | undefined;
  /** False when the path no longer names the open file: it was removed, renamed or replaced. */
  isInPlace(): Promise<boolean>;
  /** Durable when it resolves. @throws Fault UNAVAILABLE if the file is not in place */
  append(note: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the file, and creates it if it does not exist. One torn note that a crash left at the end is cut off, with a line in
 * the log. The file is evidence: nothing else in it is ever repaired.
 * @throws Fault UNAVAILABLE if it cannot be opened; CONFLICT if its last note is not signed by the key or smaller than one
 *   shortly before it, or if something else than notes is at its end
 */
export async function openCheckpointLog(file: string, key: NoteKey, logger: Logger): Promise<CheckpointLog> {
  const handle = await openFile(file);
  const isInPlace = () => namesOpenFile(file, handle);
  try {
    const state = await readState(handle, file, key);
    const { end, rest } = state;
    let { last } = state;
    if (rest !== '') {
      logger.warn('audit.torn_note', { file, offset: end, bytes: rest.length });
      await handle.truncate(end);
      await handle.sync();
    }
    let length = end;
    return {
      last: () => last,
      isInPlace,
      append: async (note) => {
        const opened = openCheckpoint(note, key);
        if (!(await isInPlace())) throw removedFault(file);
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

/** The key's newest note, read without changing anything; undefined if the file is missing or empty. @throws Fault as `openCheckpointLog` */
export async function readLastCheckpoint(file: string, key: NoteKey): Promise<TreeHead | undefined> {
  const handle = await open(file, constants.O_RDONLY).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw unusableFault(file, cause);
  });
  try {
    return handle && (await readState(handle, file, key)).last;
  } finally {
    await handle?.close();
  }
}

/** The newest note, the offset after it, and what follows: nothing, or a torn note. */
async function readState(handle: FileHandle, file: string, key: NoteKey) {
  const { size } = await handle.stat();
  const { notes, end, isWhole } = await readLastNotes(handle, size);
  const rest = await readBytes(handle, end, Math.min(size - end, MAX_NOTE_BYTES));
  if (size > 0 && !isWhole) throw damagedFault(file, end, size);
  const last = openLastNotes(notes, key, file);
  if (rest !== '' && !isTornNote(rest, key, last?.size ?? 0)) throw damagedFault(file, end, size);
  return { last, end, rest };
}

async function namesOpenFile(file: string, handle: FileHandle): Promise<boolean> {
  const [named, opened] = await Promise.all([stat(file).catch(() => undefined), handle.stat()]);
  return named?.dev === opened.dev && named.ino === opened.ino;
}

async function openFile(file: string): Promise<FileHandle> {
  const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;
  try {
    const handle = await open(file, flags, 0o600);
    const folder = await open(dirname(file), constants.O_RDONLY | constants.O_DIRECTORY);
    await folder.sync().finally(() => folder.close());
    return handle;
  } catch (cause) {
    throw unusableFault(file, cause);
  }
}

function unusableFault(file: string, cause: unknown): Fault {
  const message = `The checkpoint file ${file} cannot be opened (${(cause as Error).message}). Make it readable and writable, then start again.`;
  return new Fault('UNAVAILABLE', message, { cause });
}

function removedFault(file: string): Fault {
  return new Fault(
    'UNAVAILABLE',
    `${file} was removed or replaced while the server runs. Put it back; until then nothing is signed.`,
  );
}

/** The last notes, and the offset after them; searches the whole file in bounded memory. */
async function readLastNotes(handle: FileHandle, size: number) {
  for (let to = size; to > 0; ) {
    const from = Math.max(0, to - WINDOW_BYTES);
    const { notes, start, end, isWhole } = findNotes(await readBytes(handle, from, to - from));
    // Before the first note may be the end of another one, unless the file begins here.
    const isNext = start < (from === 0 ? 1 : MAX_NOTE_BYTES);
    if (notes.length > 0) return { notes, end: from + end, isWhole: isWhole && isNext };
    // A note may extend over two windows.
    to = from === 0 ? 0 : from + MAX_NOTE_BYTES;
  }
  return { notes: [], end: 0, isWhole: false };
}

async function readBytes(handle: FileHandle, from: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from);
  return buffer.toString('latin1', 0, bytesRead);
}

function openLastNotes(notes: readonly string[], key: NoteKey, file: string) {
  const text = notes.at(-1);
  if (text === undefined) return undefined;
  try {
    const last = openCheckpoint(text, key);
    const larger = notes.map(parseCheckpointText).find(({ size }) => size > last.size);
    if (larger) throw new TypeError(`it has ${last.size} leaves, and one before it ${larger.size}`);
    return last;
  } catch (cause) {
    const message = `The end of ${file} is not a checkpoint of the key ${key.name}+${key.id}: ${(cause as Error).message}. Find out who changed it; if the key was replaced on purpose, move the file away and start again.`;
    throw new Fault('CONFLICT', message, { cause });
  }
}

function damagedFault(file: string, end: number, size: number): Fault {
  const found =
    end === 0
      ? `has ${size} bytes and no checkpoint`
      : `has bytes that are not a checkpoint, at its end or shortly before (the last checkpoint ends at ${end} of ${size} bytes)`;
  const message = `${file} ${found}. It is evidence, so it is left unchanged and nothing is signed. Keep a copy and find out what wrote it; docs/audit.md explains how to continue.`;
  return new Fault('CONFLICT', message);
}

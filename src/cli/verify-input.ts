import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { findCheckpointNotes, parseCheckpointText } from '../audit/checkpoint-note.ts';
import { type NoteKey, parseNoteKey } from '../audit/signed-note.ts';
import { Fault } from '../core/errors.ts';
import { UsageError } from './errors.ts';

/** @throws UsageError */
async function readInput(file: string): Promise<string> {
  try {
    return file === '-' ? await text(process.stdin) : await readFile(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${(cause as Error).message}. Name a file, or - for standard input.`);
  }
}

/** The lines of the files of `--key`. @throws Fault BAD_INPUT when files are named and have no line */
export async function readKeyLines(files: readonly string[] = []): Promise<readonly string[]> {
  const contents = await Promise.all(files.map(readInput));
  const lines = contents.flatMap((content) => content.split('\n').filter((line) => line.trim() !== ''));
  if (files.length > 0 && lines.length === 0) throw new Fault('BAD_INPUT', 'There is no key in the files of --key.');
  return lines;
}

/** The keys by which something is verified. */
export interface VerifyingKeys {
  readonly keys: readonly NoteKey[];
  /** False when the key is the one in the export: then only its internal consistency is proved. */
  readonly keyTrusted: boolean;
}

/** Those of `--key`; without any, the one in the export. @throws Fault BAD_INPUT for a key that cannot be read */
export function verifyingKeys(lines: readonly string[], exported: string | undefined): VerifyingKeys {
  const texts = lines.length > 0 || exported === undefined ? lines : [exported];
  try {
    return { keys: texts.map(parseNoteKey), keyTrusted: lines.length > 0 };
  } catch (cause) {
    throw new Fault('BAD_INPUT', `A key cannot be used: ${(cause as Error).message}.`, { cause });
  }
}

/**
 * The JSON of an export.
 * @param isShape whether it can be verified at all; what it is worth is then reported
 * @param advice where such an export comes from
 * @throws Fault BAD_INPUT
 */
export async function readExport<T>(
  file: string,
  isShape: (value: unknown) => value is T,
  { subject, advice }: { readonly subject: string; readonly advice: string },
): Promise<T> {
  const content = await readInput(file);
  const name = file === '-' ? 'Standard input' : file;
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (cause) {
    throw new Fault('BAD_INPUT', `${name} is not JSON: ${(cause as Error).message}. ${advice}`, { cause });
  }
  if (isShape(value)) return value;
  throw new Fault('BAD_INPUT', `${name} is not ${subject}. ${advice}`);
}

/** The checkpoint of a size in a file of notes, such as `checkpoints.log`. @throws Fault BAD_INPUT, which says what sizes there are */
export async function readNote(file: string, size: number): Promise<string> {
  const notes = findCheckpointNotes(await readInput(file));
  if (notes.length === 0) throw new Fault('BAD_INPUT', `${file} has no checkpoint: signed notes of five lines.`);
  const sizes = notes.map((note) => parseCheckpointText(note).size);
  const found = notes[sizes.lastIndexOf(size)];
  if (found !== undefined) return found;
  const range =
    notes.length === 1 ? `It has one of ${sizes[0]}.` : `It has ${notes.length}, of ${sizes[0]} to ${sizes.at(-1)}.`;
  throw new Fault('BAD_INPUT', `${file} has no checkpoint of ${size} leaves. ${range}`);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

export function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

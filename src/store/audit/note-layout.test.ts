import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkpointText } from '../../audit/checkpoint-note.ts';
import { createNoteKey, printNote, signText } from '../../audit/signed-note.ts';
import { isTornNote, MAX_NOTE_BYTES } from './note-layout.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const key = createNoteKey('café.example/log', publicKey);
const LAST_SIZE = 19;

function noteOf(size: number, name = key.name, id = key.id): Buffer {
  const text = checkpointText({ origin: name, size, root: Buffer.alloc(32, size) });
  return Buffer.from(printNote(text, { name, id }, signText(text, privateKey)));
}

const isTorn = (bytes: Uint8Array) => isTornNote(Buffer.from(bytes).toString('latin1'), key, LAST_SIZE);
const prefixes = (note: Buffer) => Array.from({ length: note.length - 1 }, (_, i) => note.subarray(0, i + 1));
const without = (text: string | RegExp, by: string) => Buffer.from(noteOf(20).toString().replace(text, by));

describe('a torn note', () => {
  it('is every beginning of a note of the key', () => {
    expect(prefixes(noteOf(20)).filter((beginning) => !isTorn(beginning))).toEqual([]);
    expect(prefixes(noteOf(LAST_SIZE)).every(isTorn)).toBe(true);
  });

  it('is not empty, and not a whole note', () => {
    expect([isTorn(Buffer.alloc(0)), isTorn(noteOf(20))]).toEqual([false, false]);
  });

  it('is not zeros, however few', () => {
    const zeros = Array.from({ length: MAX_NOTE_BYTES }, (_, i) => Buffer.alloc(i + 1));
    expect(zeros.filter(isTorn)).toEqual([]);
  });

  it('has nothing after its beginning that no note has there', () => {
    const garbage = ['\0', '\n\n\n', '  ', '!', '\xff'].map((text) => Buffer.from(text, 'latin1'));
    const damaged = prefixes(noteOf(20)).flatMap((beginning) =>
      garbage.map((more) => Buffer.concat([beginning, more])),
    );
    expect(damaged.filter(isTorn)).toEqual([]);
  });

  it('is that of this key, and not smaller than the note before it', () => {
    const secondLine = Buffer.byteLength(`${key.name}\n1`);
    const torn = (note: Buffer, from: number) => prefixes(note).slice(from).filter(isTorn);
    expect(torn(noteOf(20, 'other.example/log'), 0)).toEqual([]);
    expect(torn(noteOf(18), secondLine + 1)).toEqual([]);
    expect(
      torn(
        noteOf(20, key.name, '00000000'),
        Buffer.byteLength(
          `${checkpointText({ origin: key.name, size: 20, root: Buffer.alloc(32) })}\n— ${key.name} 12`,
        ),
      ),
    ).toEqual([]);
  });

  it('has a size, a root and a signature in their only form', () => {
    for (const note of [
      without('\n20\n', '\n020\n'),
      without('\n20\n', '\n2x\n'),
      without(/=\n\n/, '\n\n'),
      without('FBQ=\n', 'FBR=\n'),
    ]) {
      expect(isTorn(note.subarray(0, -30))).toBe(false);
    }
    const changed = Buffer.from(
      noteOf(20)
        .toString()
        .replace(/.{4}=?\n$/, 'AAA=\n'),
    );
    expect([isTorn(noteOf(20).subarray(0, -1)), isTorn(changed.subarray(0, -1))]).toEqual([true, false]);
  });
});

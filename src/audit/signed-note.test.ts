import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkpointText, openCheckpoint, parseCheckpointText } from './checkpoint-note.ts';
import { createNoteKey, openNote, parseNoteKey, printNote, printNoteKey, signText } from './signed-note.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const key = createNoteKey('example.com/log', publicKey);
const root = Buffer.alloc(32, 7);
const text = checkpointText({ origin: key.name, size: 12, root });
const note = printNote(text, key, signText(text, privateKey));

describe('a signed note', () => {
  it('accepts the format of Go’s sumdb', () => {
    const neumann = parseNoteKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
    const words =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const line =
      '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=';
    expect(openNote(`${words}\n${line}\n`, neumann).text).toBe(words);
    expect(printNoteKey(neumann)).toBe('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
  });

  it('opens with the key that signed it, even when others signed it too', () => {
    const other = '— other.example AAAAAAAA\n';
    expect(openNote(note, key).text).toBe(text);
    expect(openNote(note + other, key).text).toBe(text);
    expect(openNote(note, parseNoteKey(printNoteKey(key))).text).toBe(text);
  });

  it.each([
    ['a changed text', note.replace('12', '13')],
    ['a changed signature', note.replace(/(.)=\n$/, (_, last) => `${last === 'A' ? 'Q' : 'A'}=\n`)],
    ['no signature', `${text}\n`],
    ['another signer', note.replace('— example.com/log', '— example.com/other')],
    ['a line that is no signature', `${note}forged\n`],
    ['no end', note.trimEnd()],
    ['nothing', ''],
  ])('is rejected with %s', (_, forged) => {
    expect(forged).not.toBe(note);
    expect(() => openNote(forged, key)).toThrow(TypeError);
  });

  it('accepts no key with the id of another, and no name that would break its line', () => {
    expect(() => parseNoteKey(printNoteKey(key).replace(key.id, '00000000'))).toThrow(/the id of this key is/);
    expect(() => parseNoteKey('example.com')).toThrow(TypeError);
    expect(() => createNoteKey('two words', publicKey)).toThrow(TypeError);
    expect(() => createNoteKey('rsa', generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey)).toThrow(
      /Ed25519/,
    );
  });
});

describe('a checkpoint', () => {
  it('has three lines: origin, size, and root in base64', () => {
    expect(text).toBe('example.com/log\n12\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n');
    expect(openCheckpoint(note, key)).toMatchObject({ origin: 'example.com/log', size: 12, root });
  });

  it.each(['', 'a\n', 'a\n012\n', 'a\n-1\n', 'a\n1\nshort\n', `\n1\n${root.toString('base64')}\n`])(
    'is not %j',
    (wrong) => {
      expect(() => parseCheckpointText(wrong)).toThrow(TypeError);
    },
  );

  it('of another log is rejected, although the key signed it', () => {
    const foreign = checkpointText({ origin: 'example.com/other', size: 1, root });
    const signed = printNote(foreign, key, signText(foreign, privateKey));
    expect(() => openCheckpoint(signed, key)).toThrow(/a checkpoint of example.com\/other/);
  });
});

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkpointText, findCheckpointNotes } from './checkpoint-note.ts';
import { exportConsistency } from './consistency-export.ts';
import { createSubtrees, inclusionProof } from './merkle-proof.ts';
import { EMPTY_FRONTIER, extendFrontier, frontierRoot } from './merkle-tree.ts';
import { runLeafHash } from './run-leaf.ts';
import { createNoteKey, type NoteKey, printNote, printNoteKey, signText } from './signed-note.ts';
import { verifyConsistency, verifyInclusion } from './verify-tree.ts';

interface SigningKey extends NoteKey {
  readonly privateKey: KeyObject;
}

function signingKey(name: string): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return { ...createNoteKey(name, publicKey), privateKey };
}

const [oldKey, newKey, stranger] = [signingKey('log/old'), signingKey('log/new'), signingKey('log/new')];

const leafOf = (place: number, text = 'ab') => ({ runId: `run_${place}`, seq: 3, hash: text.repeat(32) });
const leavesOf = (size: number, forged = -1) =>
  Array.from({ length: size }, (_, place) => runLeafHash(leafOf(place, place === forged ? 'cd' : 'ab')));
const treeOf = (size: number, forged?: number) => createSubtrees(EMPTY_FRONTIER, leavesOf(size, forged));

function note(size: number, key: SigningKey, forged?: number): string {
  const root = frontierRoot(extendFrontier(EMPTY_FRONTIER, leavesOf(size, forged)));
  const text = checkpointText({ origin: key.name, size, root });
  return printNote(text, key, signText(text, key.privateKey));
}

function inclusionOf(index: number, size: number, key = newKey) {
  const proof = inclusionProof(index, size, treeOf(size)).map((node) => Buffer.from(node).toString('hex'));
  const { seq, hash } = leafOf(index);
  return { index, seq, hash, proof, checkpoint: note(size, key) };
}

function consistencyOf(older: number, newer: number, forged?: number) {
  const signed = { newer: note(newer, newKey, forged), publicKey: printNoteKey(newKey) };
  return exportConsistency(older, newer, treeOf(newer, forged), signed);
}

/** Every change of one hash of a proof, every proof with one hash less, and one with one more. */
function tampered(proof: readonly string[], place: number): readonly (readonly string[])[] {
  const at = place % Math.max(proof.length, 1);
  const flipped = (hex: string) => (hex.startsWith('0') ? '1' : '0') + hex.slice(1);
  const others = [[...proof, 'ab'.repeat(32)]];
  if (proof.length === 0) return others;
  const replaced = (text: string) => proof.map((hex, index) => (index === at ? text : hex));
  const hex = proof[at] ?? '';
  others.push(proof.filter((_, index) => index !== at));
  others.push(replaced(flipped(hex)), replaced(`${hex}00`), replaced('not hex'), replaced(''));
  return others;
}

/** The sizes of an older and a newer tree, and a place in the older one. */
const sizes = fc
  .tuple(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat())
  .map(([newer, a, b]) => ({ newer, older: 1 + (a % newer), place: b % (1 + (a % newer)) }));

describe('the inclusion of a run', () => {
  it('is shown by its own checkpoint, and by any newer one to which a proof of consistency leads', () => {
    fc.assert(
      fc.property(sizes, ({ older, newer, place }) => {
        const { runId } = leafOf(place);
        const inclusion = inclusionOf(place, older);
        expect(verifyInclusion(runId, inclusion, [oldKey, newKey])).toMatchObject({ size: older, keyId: newKey.id });
        const extension = consistencyOf(older, newer);
        expect(verifyInclusion(runId, inclusion, [newKey], extension)).toMatchObject({ size: newer });
      }),
      { numRuns: 100 },
    );
  });

  it('is refused with another run, place, hash, path, key or signature', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), ({ older, newer, place }, at) => {
        const { runId } = leafOf(place);
        const inclusion = inclusionOf(place, older);
        const extension = consistencyOf(older, newer);
        const refuses = (changes: object, id = runId, keys = [newKey]) => {
          const changed = { ...inclusion, ...changes };
          expect(() => verifyInclusion(id, changed, keys)).toThrow(TypeError);
          expect(() => verifyInclusion(id, changed, keys, extension)).toThrow(TypeError);
        };
        refuses({}, 'run_x');
        refuses({}, runId, [stranger]);
        refuses({}, runId, [oldKey]);
        refuses({}, runId, []);
        refuses({ seq: 4 });
        refuses({ hash: 'cd'.repeat(32) });
        refuses({ index: place + older });
        refuses({ index: -1 });
        if (older > 1) refuses({ index: (place + 1) % older });
        for (const proof of tampered(inclusion.proof, at)) refuses({ proof });
        const { checkpoint } = inclusion;
        expect(() =>
          verifyInclusion(runId, { ...inclusion, checkpoint: note(older, newKey, place) }, [newKey]),
        ).toThrow(/does not lead to the root/);
        const unsigned = checkpoint.replace(/^(.*\n)\d+/, `$1${older + 1}`);
        expect(() => verifyInclusion(runId, { ...inclusion, checkpoint: unsigned }, [newKey])).toThrow(TypeError);
        const forged = consistencyOf(older, newer, place);
        expect(() => verifyInclusion(runId, inclusion, [newKey], forged)).toThrow(/does not begin with/);
      }),
      { numRuns: 60 },
    );
  });
});

describe('the consistency of two checkpoints', () => {
  it('is shown for every two sizes, also when an earlier key signed the older one', () => {
    fc.assert(
      fc.property(sizes, ({ older, newer }) => {
        const { newer: after, proof } = consistencyOf(older, newer);
        for (const key of [oldKey, newKey]) {
          expect(verifyConsistency(note(older, key), after, proof, [oldKey, newKey])).toMatchObject({
            older: { size: older, keyId: key.id },
            newer: { size: newer, keyId: newKey.id },
          });
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is refused if a leaf of the older tree was changed, and with another path, order or key', () => {
    fc.assert(
      fc.property(sizes, fc.nat(), ({ older, newer, place }, at) => {
        const before = note(older, oldKey);
        const { newer: after, proof } = consistencyOf(older, newer);
        const keys = [oldKey, newKey];
        const forged = consistencyOf(older, newer, place);
        expect(() => verifyConsistency(before, forged.newer, forged.proof, keys)).toThrow(/was changed/);
        for (const other of tampered(proof, at))
          expect(() => verifyConsistency(before, after, other, keys)).toThrow(TypeError);
        if (older < newer) expect(() => verifyConsistency(after, before, proof, keys)).toThrow(/smaller/);
        expect(() => verifyConsistency(before, after, proof, [newKey])).toThrow(TypeError);
        expect(() => verifyConsistency(before, after, proof, [oldKey, stranger])).toThrow(TypeError);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a file of checkpoints', () => {
  it('is read note by note, without what is not one', () => {
    const notes = [note(1, oldKey), note(2, newKey), note(2, newKey)];
    expect(findCheckpointNotes(notes.join(''))).toEqual(notes);
    const torn = notes[1]?.slice(0, -20) ?? '';
    expect(findCheckpointNotes(`before\n${notes.join('')}${torn}`)).toEqual(notes);
    expect(findCheckpointNotes('\n'.repeat(1_000))).toEqual([]);
  });
});

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../lib/json.ts';
import { checkpointText } from './checkpoint-note.ts';
import { eventHash, GENESIS_HASH } from './event-hash.ts';
import { createSubtrees } from './merkle-proof.ts';
import { EMPTY_FRONTIER, extendFrontier, frontierRoot, leafHash } from './merkle-tree.ts';
import { exportRun, type RunExport } from './run-export.ts';
import { runLeafHash } from './run-leaf.ts';
import { createNoteKey, printNoteKey, signText } from './signed-note.ts';
import { type ChainRow, verifyChain } from './verify-chain.ts';
import { verifyRunOffline } from './verify-offline.ts';

const runId = 'run_0123456789abcdef0123456789abcdef';
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const key = createNoteKey('example.com/log', publicKey);
const stranger = createNoteKey('example.com/log', generateKeyPairSync('ed25519').publicKey);

function rowsOf(texts: readonly string[]): ChainRow[] {
  let prevHash = GENESIS_HASH;
  return texts.map((text, index) => {
    const [seq, at] = [index + 1, 1_790_000_000_000 + index];
    const event = { type: 'LOG', at: new Date(at), payload: canonicalJson({ level: 'INFO', text }) };
    const hash = eventHash(runId, seq, prevHash, event);
    const row = { ...event, at, step: null, runId, seq, position: seq * 3, tenant: 't', subject: 's', prevHash, hash };
    prevHash = hash;
    return row;
  });
}

function exported(): RunExport {
  const rows = rowsOf(['one', 'two', 'three']);
  const { seq, hash } = rows[2] as ChainRow;
  const hashes = [leafHash('a'), leafHash('b'), runLeafHash({ runId, seq, hash }), leafHash('c')];
  const root = frontierRoot(extendFrontier(EMPTY_FRONTIER, hashes));
  const text = checkpointText({ origin: key.name, size: 4, root });
  const checkpoint = { text, size: 4, signature: signText(text, privateKey) };
  const subtrees = createSubtrees(EMPTY_FRONTIER, hashes);
  return exportRun(runId, rows, { leaf: { index: 2, seq, hash, checkpoint, subtrees }, key });
}

/** The export as a file, with one text replaced. */
const changed = (from: string | RegExp, to: string): RunExport => {
  const text = JSON.stringify(exported());
  const other = text.replace(from, to);
  expect(other).not.toBe(text);
  return JSON.parse(other) as RunExport;
};

describe('verifying a chain', () => {
  const rows = rowsOf(['one', 'two', 'three', 'four']);
  it('finds no problem in an intact chain', () => {
    expect(verifyChain(runId, rows)).toEqual({ valid: true, events: 4, headHash: rows[3]?.hash, problems: [] });
  });

  it.each([
    ['nothing', [], 1],
    ['a beginning that is missing', rows.slice(1), 1],
    ['a gap', [rows[0], rows[1], rows[3]], 3],
    ['two events that changed places', [rows[0], rows[2], rows[1], rows[3]], 2],
    ['an event of another run', [rows[0], { ...rows[1], hash: 'x' }, rows[2], rows[3]], 2],
  ])('finds %s', (_, broken, firstInvalidSeq) => {
    expect(verifyChain(runId, broken as ChainRow[])).toMatchObject({ valid: false, firstInvalidSeq });
  });

  it('rejects events of another run', () => {
    expect(verifyChain(runId.replace('0', '1'), rows)).toMatchObject({ firstInvalidSeq: 1 });
  });
});

describe('verifying an export', () => {
  it('verifies its chain, its position in the tree, and the signature', () => {
    expect(verifyRunOffline(changed('{', ' {'), printNoteKey(key))).toMatchObject({
      valid: true,
      events: 3,
      problems: [],
      checkpoint: { origin: 'example.com/log', size: 4, keyId: key.id },
      keyTrusted: true,
    });
  });

  it.each([
    ['a changed text', 'two', 'TWO', 2],
    ['a changed time', /"at":"2026(-[^"]*)"/, '"at":"2025$1"', 1],
    ['an invalid time', /"at":"2026[^"]*"/, '"at":"soon"', 1],
    ['another place in the tree', '"index":2', '"index":1', 3],
    ['a path that was changed', /"proof":\["[0-9a-f]{8}/, '"proof":["00000000', 3],
    ['a path that was cut', /"proof":\["[0-9a-f]{64}",/, '"proof":[', 3],
    ['another size', String.raw`log\n4\n`, String.raw`log\n5\n`, 3],
    ['a leaf of an earlier event', '"index":2,"seq":3', '"index":2,"seq":2', 2],
    ['another origin', 'example.com/log\\n4', 'example.com/other\\n4', 3],
  ])('finds %s', (_, from, to, firstInvalidSeq) => {
    const report = verifyRunOffline(changed(from, to), printNoteKey(key));
    expect(report).toMatchObject({ valid: false, firstInvalidSeq });
  });

  it('finds an event that no checkpoint covers, and one that is missing', () => {
    const whole = exported();
    const { events } = whole;
    const more = { ...(events[2] as (typeof events)[number]), seq: 4, prevHash: events[2]?.hash ?? '' };
    expect(verifyRunOffline({ ...whole, events: [...events, more] })).toMatchObject({ firstInvalidSeq: 4 });
    expect(verifyRunOffline({ ...whole, events: events.slice(0, 2) })).toMatchObject({ firstInvalidSeq: 3 });
    expect(verifyRunOffline({ ...whole, events: [] })).toMatchObject({ valid: false, firstInvalidSeq: 1 });
  });

  it('trusts the key of the caller, not the one in the export', () => {
    expect(verifyRunOffline(exported(), printNoteKey(stranger))).toMatchObject({ valid: false, firstInvalidSeq: 3 });
    expect(verifyRunOffline(exported())).toMatchObject({ valid: true, keyTrusted: false });
  });

  it('accepts nothing else as an export', () => {
    expect(() => verifyRunOffline({} as RunExport)).toThrow(/not an export of a run/);
    expect(() => verifyRunOffline(exported(), 'no key')).toThrow(TypeError);
  });
});

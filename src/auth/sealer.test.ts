import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSecret } from '../config/secrets.ts';
import { createSealer } from './sealer.ts';

const sealer = createSealer(createSecret(Buffer.alloc(32, 7)));
const other = createSealer(createSecret(Buffer.alloc(32, 8)));
const bytes = fc.uint8Array({ maxLength: 300 });
const purpose = fc.array(fc.string({ maxLength: 8 }), { minLength: 1, maxLength: 3 });

describe('sealing', () => {
  it('returns what was sealed, for the same purpose', () => {
    fc.assert(
      fc.property(purpose, bytes, (to, inside) => {
        expect(Buffer.from(sealer.open(to, sealer.seal(to, inside)) ?? [])).toEqual(Buffer.from(inside));
      }),
    );
  });

  it('opens what the previous key sealed, and seals with the current one', () => {
    const [old, key] = [createSecret(Buffer.alloc(32, 7)), createSecret(Buffer.alloc(32, 8))];
    const replacing = createSealer(key, old);
    fc.assert(
      fc.property(purpose, bytes, (to, inside) => {
        expect(Buffer.from(replacing.open(to, sealer.seal(to, inside)) ?? [])).toEqual(Buffer.from(inside));
        const sealed = replacing.seal(to, inside);
        expect(Buffer.from(other.open(to, sealed) ?? [])).toEqual(Buffer.from(inside));
        expect(sealer.open(to, sealed)).toBeUndefined();
        expect(replacing.open([...to, 'x'], sealer.seal(to, inside))).toBeUndefined();
      }),
    );
  });

  it('does not open for another purpose, not even one with the same joined text', () => {
    fc.assert(
      fc.property(purpose, purpose, bytes, (to, wrong, inside) => {
        fc.pre(JSON.stringify(to) !== JSON.stringify(wrong));
        expect(sealer.open(wrong, sealer.seal(to, inside))).toBeUndefined();
      }),
    );
    expect(sealer.open(['a', 'bc'], sealer.seal(['ab', 'c'], Buffer.from('x')))).toBeUndefined();
  });

  it('does not open when any bit was changed, or any part is missing', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), fc.nat(7), (inside, at, bit) => {
        const sealed = Buffer.from(sealer.seal(['token'], inside));
        const place = at % sealed.length;
        sealed[place] = (sealed[place] ?? 0) ^ (1 << bit);
        expect(sealer.open(['token'], sealed)).toBeUndefined();
        expect(sealer.open(['token'], sealer.seal(['token'], inside).subarray(0, place))).toBeUndefined();
      }),
    );
  });

  it('does not open with the key of another server', () => {
    expect(other.open(['token'], sealer.seal(['token'], Buffer.from('x')))).toBeUndefined();
  });

  it('never returns the same bytes twice, and reveals nothing of the content', () => {
    const inside = Buffer.from('a secret that is long enough to be found');
    const [one, two] = [sealer.seal(['token'], inside), sealer.seal(['token'], inside)];
    expect(Buffer.from(one).equals(two)).toBe(false);
    expect(Buffer.from(one).includes(inside.subarray(0, 8))).toBe(false);
  });
});

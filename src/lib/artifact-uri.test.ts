import { expect, it } from 'vitest';
import { artifactDigest, artifactUri } from './artifact-uri.ts';

const DIGEST = 'ab'.repeat(32);

it('reads the digest back from the URI of an artifact', () => {
  expect(artifactUri(DIGEST)).toBe(`artifact:sha256/${DIGEST}`);
  expect(artifactDigest(artifactUri(DIGEST.toUpperCase()))).toBe(DIGEST);
});

it.each(['', DIGEST, 'artifact:sha256/', `artifact:md5/${DIGEST}`, `artifact:sha256/${DIGEST}0`])(
  'finds no digest in %j',
  (text) => {
    expect(artifactDigest(text)).toBeUndefined();
  },
);

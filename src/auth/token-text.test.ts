import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenText, hashOfToken, isApiToken } from './token-text.ts';

const digits = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'];

describe('the text of a token', () => {
  it('has a prefix for scanners, and is never the same twice', () => {
    const tokens = Array.from({ length: 200 }, () => createTokenText('API'));
    for (const token of tokens) expect(token).toMatch(/^sbx_[0-9A-Za-z]{49}$/);
    expect(new Set(tokens).size).toBe(200);
    expect(createTokenText('SESSION')).toMatch(/^sbs_[0-9A-Za-z]{49}$/);
    const used = new Set(tokens.flatMap((token) => [...token.slice(4, 47)]));
    expect([...used].sort()).toEqual([...digits].sort());
  });

  it('has a hash for its kind alone', () => {
    const [api, session] = [createTokenText('API'), createTokenText('SESSION')];
    expect(hashOfToken(api, 'API')).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(hashOfToken(api, 'API')).not.toContain(api.slice(4, 12));
    expect([hashOfToken(api, 'SESSION'), hashOfToken(session, 'API')]).toEqual([undefined, undefined]);
    expect([isApiToken(api), isApiToken(session), isApiToken('eyJhbGciOi.x.y')]).toEqual([true, false, false]);
  });

  it('is recognized as mistyped after any change of one character', () => {
    const token = createTokenText('API');
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...digits, '-', ' ', 'ä'), (at, digit) => {
        fc.pre(token[at] !== digit);
        expect(hashOfToken(token.slice(0, at) + digit + token.slice(at + 1), 'API')).toBeUndefined();
      }),
    );
    for (const text of ['', 'sbx_', `${token}x`, token.slice(0, -1), ` ${token}`, `${token}\n`, token.toUpperCase()]) {
      expect(hashOfToken(text, 'API')).toBeUndefined();
    }
  });
});

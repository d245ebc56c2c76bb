import fc from 'fast-check';
import { expect, it } from 'vitest';
import { secretForms } from './secret-forms.ts';

const secrets = fc.string({ minLength: 6, maxLength: 40, unit: 'binary' });
const holdsForm = (text: string, secret: string) => secretForms(secret).some((form) => text.includes(form));

it('finds a secret within base64, whatever is before and after it', () => {
  fc.assert(
    fc.property(secrets, fc.uint8Array(), fc.uint8Array(), (secret, before, after) => {
      const bytes = Buffer.concat([before, Buffer.from(secret), after]);
      expect(holdsForm(bytes.toString('base64'), secret)).toBe(true);
      expect(holdsForm(bytes.toString('base64url'), secret)).toBe(true);
    }),
  );
});

it('finds a secret in hexadecimal, URLs, forms and JSON', () => {
  fc.assert(
    fc.property(secrets, (secret) => {
      const texts = [
        Buffer.from(secret).toString('hex'),
        `?key=${encodeURIComponent(secret)}`,
        new URLSearchParams({ key: secret }).toString(),
        JSON.stringify({ key: secret }),
      ];
      expect(texts.filter((text) => !holdsForm(text, secret))).toEqual([]);
    }),
  );
});

it('finds each line of a secret of several, because the output of a program becomes log lines', () => {
  const key = `-----BEGIN ${'PRIVATE'} KEY-----\n${'4f7A'.repeat(12)}\n${'9c2E'.repeat(5)}\n}`;
  for (const line of key.split('\n').slice(0, -1)) expect([line, holdsForm(line, key)]).toEqual([line, true]);
  expect(secretForms(key)).not.toContain('}');
});

it('finds a secret in JSON that escapes what is not ASCII, and slashes', () => {
  expect(holdsForm(String.raw`{"key":"caf\u00e9-na\u00efve"}`, 'café-naïve')).toBe(true);
  expect(holdsForm(String.raw`{"key":"abc\/def\/ghi"}`, 'abc/def/ghi')).toBe(true);
});

import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitsPerCharacter, findSecrets } from './secret-scan.ts';

const find = (text: string) => findSecrets(Buffer.from(text));
const chance = (length: number) => randomBytes(length).toString('hex').slice(0, length);

/** Assembled from parts, so that this file contains no secrets. */
const SECRETS: readonly (readonly [what: string, text: string])[] = [
  ['a private key', `-----BEGIN ${'OPENSSH PRIVATE'} KEY-----`],
  ['a private key', `-----BEGIN ${'PRIVATE'} KEY-----`],
  ['a private key', `-----BEGIN PGP ${'PRIVATE'} KEY BLOCK-----`],
  ['an AWS access key id', `ASIA${'Q3EGB2C7D4F5XYZA'}`],
  ['a Google API key', `AIza${'SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q'}`],
  ['a GitHub token', `ghp_${chance(36)}`],
  ['a GitHub token', `github_pat_${chance(82)}`],
  ['a GitLab token', `glpat-${chance(20)}`],
  ['a Slack token', `xoxb-${chance(12)}-${chance(24)}`],
  ['a Stripe key', `sk_live_${chance(24)}`],
  ['an OpenAI or Anthropic key', `sk-proj-${chance(48)}`],
  ['an OpenAI or Anthropic key', `sk-ant-api03-${chance(90)}`],
  ['an npm token', `npm_${chance(36)}`],
  ['a JSON Web Token', `eyJ${chance(20)}.eyJ${chance(40)}.${chance(43)}`],
  ['a password in a URL', `postgres://app:${'t9Xq2LwZ'}@db.example.com/app`],
  ['an assigned secret', `password = "${'hJ7!kd93Lq0z'}"`],
  ['an assigned secret', `{"client_secret": "${'Zk3vB8nQ1xT6'}"}`],
];

describe('the search for secrets', () => {
  it.each(SECRETS)('finds %s', (what, secret) => {
    expect(find(`first\nsecond ${secret}\n`)).toEqual([{ line: 2, what }]);
  });

  it('ignores a line with the allowlist comment', () => {
    expect(find(`${SECRETS[3]?.[1]} # pragma: allowlist secret\n`)).toEqual([]);
    expect(find(`# pragma: allowlist secret\n${SECRETS[3]?.[1]}\n`)).toHaveLength(1);
  });

  it.each([
    `password = "\${DB_PASSWORD}"`,
    'password: "changeme-please"',
    'api_key = "your-api-key-here"',
    'secret = "{{ secret }}"',
    'password = "aaaaaaaaaaaa"',
    'const passwordLabel = "Password"',
    'postgres://user:password@localhost/db',
    'sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'task-sk-1234',
    '-----BEGIN PUBLIC KEY-----',
    '-----BEGIN CERTIFICATE-----',
  ])('ignores %s', (line) => {
    expect(find(line)).toEqual([]);
  });

  it('reads UTF-16', () => {
    const text = `\ufeffone\ntwo ${SECRETS[3]?.[1]}\n`;
    const little = Buffer.from(text, 'utf16le');
    expect(findSecrets(little)).toEqual([{ line: 2, what: 'an AWS access key id' }]);
    expect(findSecrets(Buffer.from(little).swap16())).toEqual([{ line: 2, what: 'an AWS access key id' }]);
  });

  it('finds a secret at any position, among any bytes', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(bytes, bytes, fc.constantFrom(...SECRETS), (before, after, [what, secret]) => {
        const whole = Buffer.concat([Buffer.from('x'), before, Buffer.from(`\n ${secret} \n`), after]);
        const line =
          whole
            .subarray(0, 1 + before.length)
            .toString('latin1')
            .split('\n').length + 1;
        expect(findSecrets(whole)).toContainEqual({ line, what });
      }),
    );
  });

  it('takes linear time for any text', () => {
    const parts = [
      'eyJ',
      'sk-',
      'a://',
      'password=',
      '-----BEGIN ',
      'xoxb-',
      'github_pat_',
      'A',
      'password:"',
      'secret ',
      ...SECRETS.map(([, secret]) => `${secret} `),
      ...SECRETS.map(([, secret]) => `${secret} # pragma: allowlist secret `),
    ];
    const slow = parts.filter((part) => {
      const began = performance.now();
      findSecrets(Buffer.from(part.repeat(Math.floor(2 ** 20 / part.length))));
      return performance.now() - began > 3_000;
    });
    expect(slow).toEqual([]);
  });

  it('distinguishes random values from words', () => {
    expect(bitsPerCharacter('aaaaaaaa')).toBe(0);
    expect(bitsPerCharacter('abcdefgh')).toBe(3);
  });
});

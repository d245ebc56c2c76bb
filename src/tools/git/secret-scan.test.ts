import { randomBytes } from 'node:crypto';
import { deflateSync, gzipSync } from 'node:zlib';
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

  const token = `ghp_${chance(36)}`;
  const inBase64 = (text: string) => Buffer.from(text).toString('base64');

  it.each([
    ['base64', `data = "${inBase64(`token: ${token}`)}"`, 'in base64'],
    ['base64 after a path', `a/b/${inBase64(token)}`, 'in base64'],
    ['base64 of base64', inBase64(`x ${inBase64(token)} x`), 'in base64'],
    ['gzip in base64', gzipSync(`a ${token} b`).toString('base64'), 'in compressed data'],
    ['zlib in base64', deflateSync(`a ${token} b`).toString('base64url'), 'in compressed data'],
    ['literals joined by +', `x = "${token.slice(0, 9)}" + "${token.slice(9)}"`, 'in joined literals'],
    ['literals joined by .', `$x = '${token.slice(0, 9)}' . '${token.slice(9)}';`, 'in joined literals'],
    ['literals next to each other', `x = ("${token.slice(0, 9)}" f"${token.slice(9)}")`, 'in joined literals'],
    ['a literal in a template', `x = \`${token.slice(0, 9)}\${'${token.slice(9)}'}\``, 'in joined literals'],
  ])('finds one in %s, at its line', (_, text, how) => {
    expect(find(`first\n${text}\n`)).toEqual([{ line: 2, what: `a GitHub token ${how}` }]);
    expect(find(`first\n${text} # pragma: allowlist secret\n`)).toEqual([]);
  });

  it('finds one in base64 that is wrapped, and in literals on several lines', () => {
    const wrapped = inBase64(`${'x'.repeat(90)} ${token} ${'y'.repeat(90)}`).replace(/(.{76})/g, '$1\n');
    expect(find(`first\n${wrapped}\n`)).toMatchObject([{ what: 'a GitHub token in base64' }]);
    const lines = `first\nx = "${token.slice(0, 20)}" \\\n    "${token.slice(20)}"\nlast`;
    expect(find(lines)).toEqual([{ line: 2, what: 'a GitHub token in joined literals' }]);
  });

  it('finds one in compressed files, also in one that is cut or grows beyond any limit', () => {
    const packed = gzipSync(`${token}\n${randomBytes(50_000).toString('hex')}`);
    const what = 'a GitHub token in compressed data';
    expect(findSecrets(packed)).toEqual([{ line: 1, what }]);
    expect(findSecrets(packed.subarray(0, 20_000))).toEqual([{ line: 1, what }]);
    expect(findSecrets(gzipSync(gzipSync(token)))).toEqual([{ line: 1, what }]);
    const began = process.memoryUsage().rss;
    expect(findSecrets(gzipSync(Buffer.alloc(256 * 2 ** 20)))).toEqual([]);
    expect(process.memoryUsage().rss - began).toBeLessThan(600 * 2 ** 20);
  });

  it.each([
    'DB_PASSWORD=hJ7kd93Lq0zT',
    'export API_KEY=Zk3vB8nQ1xT6w9',
    '  client_secret: Zk3vB8nQ1xT6w9',
    'passphrase = "Zk3vB8nQ1xT6w9"',
    'REFRESH_TOKEN: "Zk3vB8nQ1xT6w9"',
  ])('finds the value of %s', (line) => {
    expect(find(`x\n${line}\n`)).toEqual([{ line: 2, what: 'an assigned secret' }]);
  });

  it.each([
    'password = settings.database.password2',
    'secret: get_secret("a1b2c3d4e5")',
    'api_key: str | None = None',
    'password: Type.Optional(Type.String({ minLength: 8 }))',
    'SECRET_KEY=<generate-32-bytes>',
    'token_url: https://example.com/oauth2/token',
  ])('ignores the unquoted value of %s', (line) => {
    expect(find(`${line}\n`)).toEqual([]);
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
      'password:',
      '\npassword=a1',
      'a1B2',
      '"+"',
      '" "',
      "'\\\n'",
      `${gzipSync('x'.repeat(100)).toString('base64')} `,
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

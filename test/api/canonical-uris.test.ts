import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { outcomeOf } from '../support/outcome.ts';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';

const READ = 'query ($uri: URI!) { resources(uris: [$uri]) { text } }';

let folder: Awaited<ReturnType<typeof createTempFolder>>;
let server: Server;
/** Only the policy keeps bob from most of it. */
let web: WebServer;
let bob: string;

beforeAll(async () => {
  folder = await createTempFolder();
  for (const name of ['data/public', 'data/private']) await mkdir(join(folder.path, name), { recursive: true });
  for (const file of ['data/public/a.txt', 'data/secret.txt', 'data/private/b.txt', 'outside.txt']) {
    await writeFile(join(folder.path, file), file);
  }
  await symlink('../secret.txt', join(folder.path, 'data/public/link.txt'));
  await symlink('../private', join(folder.path, 'data/public/link'));
  await symlink('../..', join(folder.path, 'data/public/out'));
  web = await startWebServer((_, res) => res.end('here'));
  const rulesFile = join(folder.path, 'policy.csv');
  const rule = `p, user, *, ${web.url}/public/**, *, allow`;
  await writeFile(rulesFile, [await readFile('policy/policy.csv', 'utf8'), rule, ''].join('\n'));
  server = await startServer({
    env: {
      POLICY_FILE: rulesFile,
      ALLOWED_LOCAL_ROOTS: `/data=${folder.path}/data`,
      ALLOWED_PRIVATE_HOSTS: `${web.host},localhost:${web.port}`,
    },
  });
  bob = await tokenFor('bob', { roles: ['user'] });
});

afterAll(async () => {
  await server?.stop('SIGKILL');
  await web?.close();
  await folder?.[Symbol.asyncDispose]();
});

// HOST is the allowed server, PUBLIC is http://HOST/public; CYR is a Cyrillic і.
it.each([
  ['userinfo', 'http://public-data@HOST/secret', 'BAD_INPUT'],
  ['userinfo', 'http://HOST@public-data/', 'BAD_INPUT'],
  ['userinfo', 'https://public-data:443@HOST/secret', 'BAD_INPUT'],
  ['empty userinfo', 'http://@HOST/secret', 'BAD_INPUT'],
  ['escaped userinfo', 'http://public-data%40HOST/secret', 'BAD_INPUT'],
  ['a NUL', 'PUBLIC/\u0000/secret', 'BAD_INPUT'],
  ['a tab', 'PUBLIC/.\t./secret', 'BAD_INPUT'],
  ['a newline', 'PUBLIC/.\n./secret', 'BAD_INPUT'],
  ['a newline in the scheme', 'ht\ntp://HOST/secret', 'BAD_INPUT'],
  ['a leading space', ' http://HOST/secret', 'BAD_INPUT'],
  ['an inner space', 'PUBLIC/a b', 'BAD_INPUT'],
  ['a backslash for a slash', 'http:\\\\HOST\\secret', 'FORBIDDEN'],
  ['a backslash in the path', 'PUBLIC\\..\\secret', 'FORBIDDEN'],
  ['a backslash before an @', 'http://HOST\\@public-data/secret', 'FORBIDDEN'],
  ['dot segments', 'PUBLIC/../secret', 'FORBIDDEN'],
  ['dot segments', 'PUBLIC/a/../../secret', 'FORBIDDEN'],
  ['escaped dot segments', 'PUBLIC/%2e%2e/secret', 'FORBIDDEN'],
  ['half-escaped dot segments', 'PUBLIC/.%2E/secret', 'FORBIDDEN'],
  ['an escaped slash', 'PUBLIC/..%2fsecret', 'BAD_INPUT'],
  ['an escaped backslash', 'PUBLIC/..%5csecret', 'BAD_INPUT'],
  ['an escaped NUL', 'PUBLIC/a%00', 'BAD_INPUT'],
  ['double escapes', 'PUBLIC/%252e%252e/secret', 'BAD_INPUT'],
  ['double escapes', 'PUBLIC/%252e%252e%252fsecret', 'BAD_INPUT'],
  ['an invalid escape', 'PUBLIC/%zz', 'BAD_INPUT'],
  ['escaped letters', 'http://HOST/%73ecret', 'FORBIDDEN'],
  ['escaped letters', 'http://HOST/%70ublic/%61', 'done'],
  ['a doubled slash', 'http://HOST//public/a', 'FORBIDDEN'],
  ['a doubled slash', 'http://HOST//secret', 'FORBIDDEN'],
  ['decimal IPv4', 'http://2130706433:PORT/secret', 'FORBIDDEN'],
  ['decimal IPv4', 'http://2130706433:PORT/public/a', 'done'],
  ['octal IPv4', 'http://0177.0.0.1:PORT/secret', 'FORBIDDEN'],
  ['hex IPv4', 'http://0x7f000001:PORT/secret', 'FORBIDDEN'],
  ['short IPv4', 'http://127.1:PORT/secret', 'FORBIDDEN'],
  ['circled IPv4', 'http://①②⑦.⓪.⓪.①:PORT/secret', 'FORBIDDEN'],
  ['IPv4 with a trailing dot', 'http://127.0.0.1.:PORT/secret', 'FORBIDDEN'],
  ['a name for the address', 'http://localhost:PORT/secret', 'FORBIDDEN'],
  ['a name with a trailing dot', 'http://localhost.:PORT/secret', 'FORBIDDEN'],
  ['mixed scripts', 'https://publCYRc-data/', 'BAD_INPUT'],
  ['mixed scripts as punycode', 'https://xn--publc-data-xti/', 'BAD_INPUT'],
  ['a zero-width space', 'https://public-data\u200b.attacker.example/', 'FORBIDDEN'],
  ['a zero-width space', 'http://127.0.0.1\u200b:PORT/secret', 'FORBIDDEN'],
  ['a soft hyphen', 'http://127.0.0.1\u00ad:PORT/secret', 'FORBIDDEN'],
  ['a full-width dot', 'http://127。0。0。1:PORT/secret', 'FORBIDDEN'],
  ['another port', 'https://public-data:8443/', 'FORBIDDEN'],
  ['port 0', 'http://127.0.0.1:0/public/a', 'BAD_INPUT'],
  ['IPv4 in IPv6', 'http://[::ffff:127.0.0.1]:PORT/secret', 'FORBIDDEN'],
  ['IPv4 in IPv6, in hex', 'http://[::ffff:7f00:1]:PORT/secret', 'FORBIDDEN'],
  ['NAT64', 'http://[64:ff9b::7f00:1]:PORT/public/a', 'FORBIDDEN'],
  ['6to4', 'http://[2002:7f00:1::]:PORT/public/a', 'FORBIDDEN'],
  ['a zone', 'http://[fe80::1%25lo]:PORT/public/a', 'BAD_INPUT'],
  ['a file on a host', 'file://HOSTNAME/data/public/a.txt', 'BAD_INPUT'],
  ['a file', 'file:///data/public/a.txt', 'done'],
  ['a file by dot segments', 'file:///data/public/../secret.txt', 'FORBIDDEN'],
  ['a file by escaped dot segments', 'file:///data/public/%2e%2e/secret.txt', 'FORBIDDEN'],
  ['a file by an escaped slash', 'file:///data/public/..%2Fsecret.txt', 'BAD_INPUT'],
  ['a file by double escapes', 'file:///data/public/%252e%252e/secret.txt', 'BAD_INPUT'],
  ['a file by doubled slashes', 'file:///data/public//a.txt', 'BAD_INPUT'],
  ['a file outside the roots', 'file:///etc/passwd', 'FORBIDDEN'],
  ['a symbolic link', 'file:///data/public/link.txt', 'FORBIDDEN'],
  ['a symbolic link in the middle', 'file:///data/public/link/b.txt', 'FORBIDDEN'],
  ['a symbolic link out of the roots', 'file:///data/public/out/outside.txt', 'FORBIDDEN'],
  ['a folder', 'file:///data/public/', 'BAD_INPUT'],
  ['data', 'data:text/plain;base64,eA==', 'done'],
  ['data that is not base64', 'data:;base64,%%%', 'BAD_INPUT'],
  ['data with a fragment', 'data:,x#y', 'BAD_INPUT'],
  ['an artifact with an invalid digest', 'artifact:sha256/../../secret', 'BAD_INPUT'],
  ['an unknown artifact', `artifact:sha256/${'0'.repeat(64)}`, 'NOT_FOUND'],
  ['another scheme', 'ftp://HOST/public/a', 'UNSUPPORTED_SCHEME'],
  ['another scheme', 'javascript:alert(1)', 'UNSUPPORTED_SCHEME'],
  ['another scheme', 'gopher://HOST/public/a', 'UNSUPPORTED_SCHEME'],
  ['a nested scheme', 'blob:http://HOST/public/a', 'UNSUPPORTED_SCHEME'],
  ['no scheme', '//HOST/public/a', 'BAD_INPUT'],
  ['nothing', '', 'BAD_INPUT'],
  ['9,000 characters', `PUBLIC/${'a'.repeat(9_000)}`, 'BAD_INPUT'],
])('bob, who may only read PUBLIC, sends %s: %j → %s', async (_, template, wanted) => {
  const uri = template
    .replace('PUBLIC', `${web.url}/public`)
    .replace('HOSTNAME', '127.0.0.1')
    .replace('HOST', web.host)
    .replace('PORT', String(web.port))
    .replace('CYR', 'і');
  const hits = web.hits.length;
  expect(await outcomeOf(server, bob, 'fetch', { source: { uri } })).toBe(wanted);
  const { data, errors } = await server.query(READ, { uri }, bob);
  expect(data?.resources?.[0] ? 'done' : errors?.[0].extensions.code).toBe(wanted);
  // Nothing outside bob's rules was requested, whatever the result was.
  expect(web.hits.slice(hits).filter((hit) => !hit.startsWith(`${web.host}/public/`))).toEqual([]);
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { deliver, githubHeaders, post, standardHeaders } from '../support/surfaces/webhooks.ts';
import { createTestUsers, type TestUsers } from '../support/test-users.ts';
import { valueStep } from '../support/workflow/workflow-source.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OTHER = 'the secret of another webhook of this server';
const DAY_S = 86_400;
/** A refusal takes a multiple of this. */
const REFUSAL_MS = 100;

let server: Server;
let users: TestUsers;

beforeAll(async () => {
  // Each attempt says that it is from another network, so that the limit of refusals is not what refuses it.
  server = await startServer({ env: { SECRET_SIGNED: SECRET, SECRET_OTHER: OTHER, TRUST_PROXY: 'true' } });
  users = await createTestUsers(server);
  const inputs = { n: { type: 'integer', default: 0 }, all: { type: 'object', default: {} } };
  const save = (name: string, on?: unknown) =>
    users.mutate(
      'saveWorkflow',
      { source: { document: { name, inputs, steps: [valueStep('a', '{{ n }}')], ...(on !== undefined && { on }) } } },
      '... on Workflow { version }',
      'admin',
    );
  await save('signed', { webhook: { secret: 'SIGNED' } });
  await save('github', { webhook: { scheme: 'github', secret: 'OTHER' } });
  await save('token', { webhook: { scheme: 'token', secret: 'OTHER' } });
  await save('plain');
  await save('deleted', { webhook: { secret: 'SIGNED' } });
  await users.mutate('deleteWorkflow', { name: 'deleted' }, '... on Workflow { version }', 'admin');
});
afterAll(async () => {
  await server?.stop('SIGKILL');
});

let networks = 0;
/** Another network for each attempt. */
const fromElsewhere = () => {
  networks += 1;
  return { 'x-forwarded-for': `203.0.${networks >> 8}.${networks & 255}` };
};
const text = '{"n":1}';
const seconds = () => Math.floor(Date.now() / 1_000);
const signed = (more: object = {}) => ({ ...standardHeaders(text, { secret: SECRET }), ...more });
const without = (name: string) => Object.fromEntries(Object.entries(signed()).filter(([header]) => header !== name));
const send = (path: string, headers: object = signed(), body = text) =>
  post(server, path, body, { ...fromElsewhere(), ...(headers as Record<string, string>) });
const HOOK = '/hooks/default/signed';
const countRuns = async () => (await users.ask('{ runs { totalCount } }', {}, 'admin')).runs.totalCount;

type Attempt = readonly [attempt: string, make: () => ReturnType<typeof post>];

/** What must not be told apart: there is no webhook, or the delivery is not its own. */
const REFUSED: readonly Attempt[] = [
  ['a workflow that does not exist', () => send('/hooks/default/nothing')],
  ['a tenant that does not exist', () => send('/hooks/nobody/signed')],
  ['the same workflow in the name of another tenant', () => send('/hooks/acme/signed')],
  ['a workflow without a webhook', () => send('/hooks/default/plain')],
  ['a workflow that was deleted', () => send('/hooks/default/deleted')],
  ['a name that is encoded wrongly', () => send('/hooks/default/%E0%A4%A')],
  ['a name with a slash in it', () => send('/hooks/default/..%2Fsigned')],
  ['no signature at all', () => send(HOOK, {})],
  ['an empty signature', () => send(HOOK, signed({ 'webhook-signature': '' }))],
  ['the signature of another secret', () => send(HOOK, standardHeaders(text, { secret: OTHER }))],
  ['the signature of an empty secret', () => send(HOOK, standardHeaders(text, { secret: '' }))],
  [
    'the signature of the secret as text instead of its bytes',
    () => send(HOOK, standardHeaders(text, { secret: SECRET.slice(6) })),
  ],
  ['the signature of another body', () => send(HOOK, signed(), '{"n":2}')],
  ['the signature of another id', () => send(HOOK, signed({ 'webhook-id': 'msg_2' }))],
  ['the signature of another time', () => send(HOOK, signed({ 'webhook-timestamp': String(seconds() + 60) }))],
  ['a delivery of yesterday', () => send(HOOK, standardHeaders(text, { secret: SECRET, seconds: seconds() - DAY_S }))],
  ['a delivery of tomorrow', () => send(HOOK, standardHeaders(text, { secret: SECRET, seconds: seconds() + DAY_S }))],
  ['a delivery without a time', () => send(HOOK, without('webhook-timestamp'))],
  ['a delivery without an id', () => send(HOOK, without('webhook-id'))],
  [
    'the right signature after 10,000 wrong ones',
    () => send(HOOK, signed({ 'webhook-signature': `${'v1,A '.repeat(2_000)}${signed()['webhook-signature']}` })),
  ],
  [
    'a signature of version v1a',
    () => send(HOOK, signed({ 'webhook-signature': signed()['webhook-signature'].replace('v1,', 'v1a,') })),
  ],
  ['the scheme of GitHub where another is asked for', () => send(HOOK, githubHeaders(text, SECRET))],
  ['a bearer token where a signature is asked for', () => send(HOOK, { authorization: `Bearer ${SECRET}` })],
  ['the token of an administrator', () => send(HOOK, { authorization: `Bearer ${users.tokens.admin}` })],
  [
    'a signature of SHA-1 as GitHub also sends it',
    () => send('/hooks/default/github', { 'x-hub-signature': 'sha1=abc' }),
  ],
  [
    'a signature in capitals',
    () =>
      send('/hooks/default/github', {
        'x-hub-signature-256': githubHeaders(text, OTHER)['x-hub-signature-256'].toUpperCase(),
      }),
  ],
  [
    'a token that is nearly right',
    () => send('/hooks/default/token', { authorization: `Bearer ${OTHER.slice(0, -1)}` }),
  ],
  ['a token as basic credentials', () => send('/hooks/default/token', { authorization: `Basic ${btoa(`:${OTHER}`)}` })],
];

describe('a hostile delivery', () => {
  it.each(REFUSED)('with %s starts nothing, and gets the answer of any other', async (_, attempt) => {
    const before = await countRuns();
    const since = performance.now();
    const { status, error } = await attempt();
    const took = performance.now() - since;
    expect({ status, error }).toEqual({
      status: 401,
      error: {
        code: 'UNAUTHENTICATED',
        message:
          'There is no such webhook, or the delivery is not signed as it requires. Check the URL and the secret.',
      },
    });
    // Timers may be a millisecond early.
    expect(took).toBeGreaterThanOrEqual(REFUSAL_MS - 2);
    expect(await countRuns()).toBe(before);
  });

  it('that was captured and is sent again starts nothing new', async () => {
    const headers = signed({ 'webhook-id': 'msg_captured' });
    const own = standardHeaders(text, { id: 'msg_captured', secret: SECRET });
    const first = await send(HOOK, { ...headers, ...own });
    expect(first.status).toBe(202);
    const before = await countRuns();
    expect((await send(HOOK, own)).runId).toBe(first.runId);
    expect(await countRuns()).toBe(before);
  });

  it.each([
    ['a body of more than a mebibyte', '"x"'.padEnd(2 ** 20 + 1), 413],
    ['a body that nests 100,000 levels', '['.repeat(100_000) + ']'.repeat(100_000), 400],
    ['a body that is not UTF-8', '\u00ff', 400],
    ['a number that would lose its digits', '{"n":12345678901234567890}', 400],
    ['a member __proto__', '{"__proto__":{"n":1}}', 400],
  ])('with %s, although it is signed, starts nothing', async (what, body, expected) => {
    const before = await countRuns();
    const bytes = what.includes('UTF-8') ? Buffer.from(body, 'latin1') : Buffer.from(body);
    const response = await server.fetch(HOOK, {
      method: 'POST',
      body: bytes,
      headers: { ...standardHeaders(bytes, { secret: SECRET, id: what.replaceAll(' ', '-') }), ...fromElsewhere() },
    });
    expect(response.status).toBe(expected);
    expect(await countRuns()).toBe(before);
  });

  it('with another method than POST is not one', async () => {
    expect((await server.fetch(HOOK)).status).toBe(405);
  });

  it('from one network is refused without a look after twenty, and a sender elsewhere is not', async () => {
    const network = { 'x-forwarded-for': '198.51.100.7' };
    const attempts = Array.from({ length: 25 }, () => post(server, HOOK, text, { ...network }));
    await Promise.all(attempts);
    const late = await deliver(server, HOOK, { secret: SECRET, id: 'msg_late', headers: network });
    expect(late).toMatchObject({ status: 429, error: { code: 'THROTTLED' } });
    expect((await deliver(server, HOOK, { secret: SECRET, id: 'msg_late', headers: fromElsewhere() })).status).toBe(
      202,
    );
  });

  it('leaves no secret in the log', () => {
    const log = server.log.join('\n');
    expect(log).toContain('webhook.refused');
    for (const secret of [SECRET, SECRET.slice(6), OTHER]) expect(log).not.toContain(secret);
  });
});

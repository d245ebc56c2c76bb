import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../../../test/support/server.ts';
import { CLIENT, outputOf, startPython } from './python-program.ts';

const JWT_SECRET = 'a secret for sessions of a few seconds';

let server: Server;
let lasting: string;
beforeAll(async () => {
  server = await startServer({ env: { JWT_SECRET } });
  lasting = await tokenOf({ seconds: 600 });
});
afterAll(() => server?.stop('SIGKILL'));

/** A token that ends after some seconds, of an old sign-in, which can be renewed, or of another issuer. */
function tokenOf({ seconds, signedIn = false }: { readonly seconds: number; readonly signedIn?: boolean }) {
  const now = Math.floor(Date.now() / 1000);
  const issued = now - 60;
  const claims = { username: 'admin', roles: ['admin'], ...(signedIn && { signed_in: issued }) };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('admin')
    .setIssuedAt(issued)
    .setExpirationTime(now + seconds)
    .sign(new TextEncoder().encode(JWT_SECRET));
}

const EVENTS = 'query ($after: Cursor) { events(after: $after, first: 1000) { cursor caughtUp events { cursor at } } }';
async function journal(): Promise<readonly { readonly cursor: string; readonly at: string }[]> {
  return (await server.query(EVENTS, {}, lasting)).data.events.events;
}

const CONVERT =
  'mutation { convertToJson(input: { source: { text: { text: "a", mediaType: "text/csv" } } }) { __typename } }';

/** What a program prints of the events that arise until one of them is newer than a time. It must print each once. */
async function followUntil(time: number, program: string, token: string) {
  await server.query(CONVERT, {}, lasting);
  const begin = (await journal()).length;
  const after = (await journal()).at(-1)?.cursor as string;
  const reading = startPython(`${CLIENT}${program}`, { url: server.url, token, env: { AFTER: after } });
  try {
    await expect
      .poll(
        async () => {
          await server.query(CONVERT, {}, lasting);
          const events = (await journal()).slice(begin);
          const newest = events.findLast(({ cursor }) => reading.lines.includes(cursor));
          return newest ? Date.parse(newest.at) : 0;
        },
        { timeout: 15_000, interval: 200 },
      )
      .toBeGreaterThan(time);
    const cursors = reading.lines.filter((line) => !line.startsWith('#'));
    expect(cursors).toEqual((await journal()).slice(begin, begin + cursors.length).map(({ cursor }) => cursor));
    return reading.lines.filter((line) => line.startsWith('#'));
  } finally {
    reading.child.kill();
    await reading.ended;
  }
}

describe('the token of a sign-in', () => {
  it('is renewed before its end by requests', async () => {
    const token = await tokenOf({ seconds: 5, signedIn: true });
    const lines = await outputOf(
      `
import time
end = time.time() + 6
while time.time() < end:
    client.runs.list(first=1).page()
    time.sleep(0.1)
print('renewed')
try: Client(os.environ['SIGNALBOX_URL'], token=os.environ['SIGNALBOX_TOKEN']).runs.list().page()
except SignalboxError as error: print(error.code)`,
      { url: server.url, token },
    );
    expect(lines).toEqual(['renewed', 'UNAUTHENTICATED']);
  });

  it('is renewed between events, so that a subscription continues after its end', async () => {
    const token = await tokenOf({ seconds: 5, signedIn: true });
    const program = "for event in client.events(after=os.environ['AFTER']): print(event['cursor'], flush=True)";
    await followUntil(Date.now() + 6000, program, token);
  });

  it('stays in use when the server cannot renew it', async () => {
    const token = await tokenOf({ seconds: 5 });
    const lines = await outputOf(
      `
import logging
logging.disable()
print(len(client.runs.list(first=1).page().nodes))
try:
    for event in client.events(): pass
except SignalboxError as error: print(error.code)`,
      { url: server.url, token },
    );
    expect(lines).toEqual(['1', 'UNAUTHENTICATED']);
  });
});

describe('get_token', () => {
  it('replaces a token that expires during a subscription', async () => {
    const first = await tokenOf({ seconds: 4 });
    const program = `
def get_token(rejected):
    if rejected: print('#', rejected == os.environ['SIGNALBOX_TOKEN'], flush=True)
    return '${lasting}' if rejected else os.environ['SIGNALBOX_TOKEN']
client = Client(os.environ['SIGNALBOX_URL'], get_token=get_token)
for event in client.events(after=os.environ['AFTER']): print(event['cursor'], flush=True)`;
    expect(await followUntil(Date.now() + 5000, program, first)).toEqual(['# True']);
  });

  it('gives up with the same token, and may fail', async () => {
    const lines = await outputOf(
      `
import logging
logging.disable()
def fail(rejected):
    calls.append(rejected)
    if len(calls) < 3: raise OSError('the network is down')
    return 'wrong'
url = os.environ['SIGNALBOX_URL']
for call in (
    lambda given: given.runs.list().page(),
    lambda given: next(given.operations.run_updates('run_1')),
):
    calls = []
    try: call(Client(url, get_token=fail))
    except OSError as error: print(error, calls)
    except SignalboxError as error: print(error.code, calls)
try: Client(url, token='a', get_token=fail)
except SignalboxError as error: print(error.code)`,
      { url: server.url },
    );
    expect(lines).toEqual(['the network is down [None]', "UNAUTHENTICATED [None, None, None, 'wrong']", 'BAD_INPUT']);
  });
});

describe('a sign-in', () => {
  it('replaces the token of the client, also one that the server refuses', async () => {
    const lines = await outputOf(
      `
client = Client(os.environ['SIGNALBOX_URL'], token='wrong')
try: client.sign_in('alice', 'wrong')
except Refused as error: print(error.code)
print(client.sign_in('alice', 'alice')['principal']['username'], client.operations.viewer()['username'])`,
      { url: server.url },
    );
    expect(lines).toEqual(['UNAUTHENTICATED', 'alice alice']);
  });
});

import { expect, it } from 'vitest';
import { createNames, type ResolvedAddress } from './names.ts';

const ADDRESS: ResolvedAddress = { address: '93.184.215.14', family: 4 };
const NO_ABORT = new AbortController().signal;
const MALLORY = { tenant: 'default', subject: 'mallory' };
const ALICE = { tenant: 'default', subject: 'alice' };

/** Names below `slow.example` are never answered; all others at once. */
function names(patienceMs = 60_000) {
  const asked: string[] = [];
  const created = createNames(patienceMs, (hostname) => {
    asked.push(hostname);
    return hostname.endsWith('.slow.example') ? new Promise(() => {}) : Promise.resolve([ADDRESS]);
  });
  return { ...created, asked };
}

it('a caller whose name servers do not answer delays no other caller, nor the server', async () => {
  const { prepare, lookup, asked } = names();
  const stop = new AbortController();
  const slow = Array.from({ length: 20 }, (_, i) => prepare(`n${i}.slow.example`, MALLORY, stop.signal));
  await prepare('a.example', ALICE, NO_ABORT);
  expect(await lookup('b.example')).toEqual([ADDRESS]);
  // Two look-ups are in progress at most, and one place is left by each caller.
  expect(asked).toEqual(['n0.slow.example', 'a.example', 'b.example']);
  stop.abort();
  for (const outcome of await Promise.allSettled(slow)) expect(outcome.status).toBe('rejected');
});

it('a name that another caller asks for does not wait in the line of the first one', async () => {
  const { prepare } = names();
  const stop = new AbortController();
  const slow = ['n.slow.example', 'a.example'].map((name) => prepare(name, MALLORY, stop.signal));
  await prepare('a.example', ALICE, NO_ABORT);
  stop.abort();
  await Promise.allSettled(slow);
});

it('a name is looked up once for the connections that follow', async () => {
  const { prepare, lookup, asked } = names();
  await Promise.all([prepare('a.example', ALICE, NO_ABORT), prepare('a.example', ALICE, NO_ABORT)]);
  await lookup('a.example');
  expect(asked).toEqual(['a.example']);
});

it('an address is no name', async () => {
  const { prepare, asked } = names();
  await prepare('[::1]', ALICE, NO_ABORT);
  await prepare('127.0.0.1', ALICE, NO_ABORT);
  expect(asked).toEqual([]);
});

it('a look-up that fails is tried again by the next request', async () => {
  let isDown = true;
  const { prepare, lookup } = createNames(60_000, async () => {
    if (isDown) throw Object.assign(new Error('down'), { code: 'EAI_AGAIN' });
    return [ADDRESS];
  });
  await expect(prepare('a.example', ALICE, NO_ABORT)).rejects.toMatchObject({ code: 'EAI_AGAIN' });
  isDown = false;
  expect(await lookup('a.example')).toEqual([ADDRESS]);
});

it('a name that is not found in time is reported as TIMEOUT', async () => {
  await expect(names(20).prepare('n.slow.example', ALICE, NO_ABORT)).rejects.toMatchObject({ code: 'TIMEOUT' });
});

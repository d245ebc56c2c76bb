import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer, tokenFor } from '../support/server.ts';

const MIB = 2 ** 20;
/** Of a worker, and of what the server itself may need in addition. */
const MAX_WORKER_BYTES = 256 * MIB;
const START = `mutation Start($input: StartRunInput!) {
  startRun(input: $input) { ... on Run { state error { code message } } ... on Refusal { code message } }
}`;

let server: Server;
let token: string;

beforeAll(async () => {
  server = await startServer();
  token = await tokenFor('eve', { roles: ['admin'] });
});
afterAll(async () => {
  await server?.stop('SIGKILL');
});

function rssOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) * 1_024;
}

/** The largest memory of a process that the server started, and of the server, while `work` runs. */
async function watchMemory<T>(work: () => Promise<T>) {
  const pid = server.process.pid as number;
  const peak = { worker: 0, server: 0 };
  const timer = setInterval(() => {
    peak.server = Math.max(peak.server, rssOf(pid));
    for (const child of readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ').filter(Boolean)) {
      try {
        peak.worker = Math.max(peak.worker, rssOf(Number(child)));
      } catch {
        // It ended meanwhile.
      }
    }
  }, 5);
  try {
    return { result: await work(), peak };
  } finally {
    clearInterval(timer);
  }
}

async function failureOf(step: object, inputs?: object): Promise<string> {
  const document = { name: 'hostile', steps: [{ id: 'a', ...step }], ...(inputs && { inputs: { x: 'string' } }) };
  const input = { source: { document }, waitMs: 60_000, ...(inputs && { inputs }) };
  const { data, errors } = await server.query(START, { input }, token);
  const { state, error, code } = data?.startRun ?? {};
  return error ? `${error.code}: ${error.message}` : `${state ?? code ?? JSON.stringify(errors)}`;
}

const TOO_LARGE = /^RESOURCE_TOO_LARGE: .*(256 MiB|\d+ bytes|\d+ characters)/;
/** `&` doubles a text at every turn. */
const doubled = (times: number, then: string) =>
  `($f := function($s, $n) { $n = 0 ? $s : $f($s & $s, $n - 1) }; $s := $f("xxxxxxxx", ${times}); ${then})`;

describe('an expression of a transform', () => {
  it.each([
    ['$pad', '$length($pad("x", 500000000) & "y")'],
    ['$join', `$length($join([1..1000000].("${'x'.repeat(1_000)}")))`],
    ['&', doubled(25, '[$s, $s & "a", $s & "b", $s & "c"]')],
    ['&, beyond what a text may have', doubled(40, '$length($s)')],
    ['$base64encode', doubled(25, '$length($base64encode($s))')],
    ['$replace', doubled(22, '$length($replace($s, "x", $s))')],
    ['$split', doubled(24, '$count($split($s, ""))')],
    ['$string', doubled(22, '$length($string([1..500].($s)))')],
    ['a range', '$count([1..10000000].[1..10000000])'],
    ['$map', '$map([1..9000000], function($v) { {"a": $v, "b": [$v, $v]} })'],
    ['an order of objects', '[1..5000000].{"a": $, "b": $string($)}^(b)'],
    ['a large result', doubled(24, '[1..20].($s)')],
  ])('that makes too much is stopped by the memory of its worker: %s', async (_, expression) => {
    const step = { kind: 'transform', timeout_ms: 60_000, input: { data: null, expression } };
    const { result, peak } = await watchMemory(() => failureOf(step));
    expect(result).toMatch(TOO_LARGE);
    expect(peak.worker).toBeLessThan(MAX_WORKER_BYTES * 1.05);
  });
});

describe('a template', () => {
  it.each([
    ['repeats a text', '{{ "x" * 1000000000 }}'],
    ['joins a list', '{{ range(100000) | map("string") | list | join("x" * 10000) }}'],
    ['fills a range', '{{ range(100000) | map("format", "%s") | list }}{{ "x" * 100000000 }}'],
  ])('that %s is stopped by the memory of an expression', async (_, template) => {
    const { result, peak } = await watchMemory(() =>
      failureOf({ kind: 'transform', input: { data: template, expression: '1' } }),
    );
    expect(result).toMatch(/^(RESOURCE_TOO_LARGE: .*64 MiB|BAD_INPUT)/);
    expect(peak.worker).toBeLessThan(MAX_WORKER_BYTES * 1.05);
  });

  it('that repeats one input many times is stopped by its size', async () => {
    const data = '{{ x }} '.repeat(1_000);
    const step = { kind: 'transform', input: { data, expression: '1' } };
    expect(await failureOf(step, { x: 'x'.repeat(200_000) })).toMatch(TOO_LARGE);
  });
});

it('the server itself needs no more than a worker for all of that', async () => {
  const document = { name: 'fine', steps: [{ id: 'a', kind: 'transform', input: { data: 20, expression: '$ + 1' } }] };
  const { data } = await server.query(START, { input: { source: { document }, waitMs: 60_000 } }, token);
  expect(data.startRun.state).toBe('SUCCEEDED');
  expect(await server.memory('peak')).toBeLessThan(512 * MIB);
});

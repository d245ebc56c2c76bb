import { existsSync } from 'node:fs';
import { link, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { abortFault } from '../../../src/core/abort.ts';
import type { ToolContext } from '../../../src/core/agent-session.ts';
import { Fault } from '../../../src/core/errors.ts';
import type { Runtime } from '../../../src/core/runtime.ts';
import type { Json } from '../../../src/lib/json.ts';
import { until } from '../until.ts';

const ITEM = {
  run_id: 'run_1',
  step_id: 'step_1',
  step: 'make',
  kind: 'tool',
  capability: 'convert',
  attempt: 1,
  input: { text: 'hé\n' },
  idempotency_key: 'k',
  trace_id: 't',
  timeout_ms: 5_000,
};

/** What a worker can rely on, and what a broken or hostile one cannot do. */
export function describeRuntime(
  name: string,
  create: (script: string, env?: Record<string, string>) => Promise<Runtime>,
) {
  const folders: string[] = [];
  afterEach(async () => {
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
  });

  /** Runs a bash script as the worker. */
  async function work(
    script: string,
    more: { env?: Record<string, string>; stop?: AbortSignal; in?: (folder: string) => Promise<unknown> } = {},
  ) {
    const folder = await mkdtemp(join(tmpdir(), 'signalbox-workspace-'));
    folders.push(folder);
    await more.in?.(folder);
    const events: string[] = [];
    const artifacts: Record<string, string> = {};
    const stop = more.stop ?? AbortSignal.timeout(110_000);
    const context = {
      runId: 'run_1',
      step: 'make',
      signal: stop,
      log: (level: string, text: string) => events.push(`${level} ${text}`),
      progress: (percent?: number, memo?: string) => events.push(`${percent}% ${memo}`),
      authorize: (action: string, uri?: { href: string }) => events.push(`${action} ${uri?.href}`),
      secret: (secret: string) => `value of ${secret}`,
      workspace: async () => folder,
      saveArtifact: async (file: string, media_type: string, content: Uint8Array) => {
        artifacts[file] = Buffer.from(content).toString();
        return { name: file, uri: 'artifact:sha256/0', media_type, size: content.length, sha256: '0' };
      },
    } as unknown as ToolContext;
    const runtime = await create(script, more.env);
    const outcome: Json | Fault = await runtime.perform(ITEM, context).catch((error: unknown) => {
      if (error instanceof Fault) return error;
      throw error;
    });
    return { outcome, events, artifacts, folder };
  }
  const succeed = (output: string) => `echo '{"status":"succeeded","output":${output}}'`;

  describe(`a worker by ${name}`, () => {
    it('gets the item on one line, and returns its output', async () => {
      const { outcome } = await work(`read -r line; ${'printf \'{"status":"succeeded","output":%s}\' "$line"'}`);
      expect(outcome).toEqual({ ...ITEM, workspace: '/workspace' });
    });

    it('is authorized by the policy as a program', async () => {
      const { events } = await work(succeed('1'));
      expect(events.filter((line) => line.startsWith('exec '))).toHaveLength(1);
    });

    it('reports progress and log lines; a line on stderr is a warning', async () => {
      const { events, outcome } = await work(`
        echo '{"progress":{"percent":40,"memo":"almost"}}'
        echo '{"log":"a line","level":"warn"}'
        echo 'just words'
        echo 'oh' >&2
        sleep 0.1
        ${succeed('null')}`);
      expect(outcome).toBeNull();
      expect(events).toEqual(expect.arrayContaining(['40% almost', 'WARN a line', 'INFO just words', 'WARN oh']));
    });

    it('fails without telling where the workspace is on this machine', async () => {
      const { outcome, events, folder } = await work('echo "cannot use $PWD" >&2; exit 3');
      expect(outcome).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining('cannot use /workspace') });
      expect(events).toContain('WARN cannot use /workspace');
      expect([...events, (outcome as unknown as Fault).message].join()).not.toContain(folder);
    });

    it.each([
      ['SIGXCPU', 'TIMEOUT', /more CPU time/],
      ['SIGXFSZ', 'RESOURCE_TOO_LARGE', /a file became larger/],
    ])('that %s ends fails with the limit that it exceeded', async (signal, code, message) => {
      const { outcome } = await work(`kill -s ${signal} $$`);
      expect(outcome).toMatchObject({ code, message: expect.stringMatching(message) });
    });

    it('has the environment of its pool, with the secrets that it names', async () => {
      const { outcome } = await work(`printf '{"status":"succeeded","output":"%s %s %s"}' "$A" "$B" "$JWT_SECRET"`, {
        env: { A: 'plain', B: 'secret:TOKEN' },
      });
      expect(outcome).toBe('plain value of TOKEN ');
    });

    it('works in the folder of the run, whose files it can store as artifacts', async () => {
      const { outcome, artifacts } = await work(`
        echo hello > made.txt
        echo '{"status":"succeeded","output":1,"artifacts":[{"path":"made.txt","media_type":"text/plain"}]}'`);
      expect(artifacts).toEqual({ 'made.txt': 'hello\n' });
      expect(outcome).toMatchObject({ output: 1, artifacts: [{ name: 'made.txt', media_type: 'text/plain' }] });
    });

    it.each([
      ['a link that leads out', 'out.txt', (folder: string) => symlink('/etc/passwd', join(folder, 'out.txt'))],
      ['a folder that leads out', 'etc/passwd', (folder: string) => symlink('/etc', join(folder, 'etc'))],
      [
        'a hard link',
        'hard',
        async (folder: string) => {
          await writeFile(join(folder, 'first'), 'x');
          await link(join(folder, 'first'), join(folder, 'hard'));
        },
      ],
      ['a path that leads out', '../../etc/passwd', async () => {}],
      ['an absolute path', '/etc/passwd', async () => {}],
      ['a missing file', 'nothing', async () => {}],
    ] as const)('cannot name %s as an artifact', async (_, path, make) => {
      const script = `echo '{"status":"succeeded","artifacts":[{"path":"${path}"}]}'`;
      const { outcome, artifacts } = await work(script, { in: make });
      expect(outcome).toBeInstanceOf(Fault);
      expect(['FORBIDDEN', 'BAD_INPUT']).toContain((outcome as Fault).code);
      expect(artifacts).toEqual({});
    });

    it.each([
      ['{"message":"no"}', 'BAD_INPUT'],
      ['{"message":"no","code":"NOT_FOUND"}', 'NOT_FOUND'],
      ['{"message":"no","code":"RESOURCE_UNREACHABLE","retryable":true}', 'RESOURCE_UNREACHABLE'],
      ['{"message":"no","code":"MINE","retryable":true}', 'UNAVAILABLE'],
      ['{"message":"no","code":"UNAVAILABLE"}', 'BAD_INPUT'],
    ])('fails as it reports: %s', async (error, code) => {
      const { outcome } = await work(`echo '{"status":"failed","error":${error}}'; exit 1`);
      expect(outcome).toMatchObject({ code, message: 'no' });
    });

    it.each([
      ['ends without a result', 'echo oh dear >&2; exit 3', /ended with code 3 without a result.*oh dear/s],
      ['writes an invalid result', 'echo \'{"status":"fine"}\'', /without a result/],
      ['writes something after its result', `${succeed('1')}; echo and more`, /without a result/],
      ['is killed', 'kill -KILL $$', /without a result/],
    ])('that %s can be retried', async (_, script, message) => {
      const { outcome } = await work(script);
      expect(outcome).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringMatching(message) });
    });

    it('does not have to read its input', async () => {
      expect((await work(`exec 0<&-; ${succeed('true')}`)).outcome).toBe(true);
    });

    it.each([
      ['one line without end', "head -c 6000000 /dev/zero | tr '\\\\0' x; sleep 30"],
      ['more than fits in all', 'yes "$(printf x%.0s {1..2000})" | head -c 80000000; sleep 30'],
    ])('is ended when it writes %s', async (_, script) => {
      expect((await work(script)).outcome).toMatchObject({ code: 'RESOURCE_TOO_LARGE' });
    });

    /** Makes the file `late` as soon as there is a file `go`. */
    const child = '(until [ -e go ]; do sleep 0.02; done; touch late) >/dev/null 2>&1 &';

    /** @throws if a child process is still there to see that file */
    async function expectNoChild(folder: string) {
      await writeFile(join(folder, 'go'), '');
      await sleep(300);
      expect(await readdir(folder)).not.toContain('late');
    }

    it('ends when its step does, with all its child processes', async () => {
      const stop = new AbortController();
      const running = work(`${child} touch begun; sleep 600`, {
        stop: stop.signal,
        in: async (folder) => {
          void until('the worker has begun', () => existsSync(join(folder, 'begun'))).then(() =>
            stop.abort(new Fault('TIMEOUT', 'The time limit is exceeded.')),
          );
        },
      });
      const { outcome, folder } = await running;
      expect(outcome).toEqual(abortFault(stop.signal));
      await expectNoChild(folder);
    });

    it('leaves no background processes', async () => {
      const { outcome, folder } = await work(`${child} ${succeed('1')}`);
      expect(outcome).toBe(1);
      await expectNoChild(folder);
    });
  });
}

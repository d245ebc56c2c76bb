import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSecret } from '../config/secrets.ts';
import { Fault } from '../core/errors.ts';
import type { Logger } from '../core/telemetry.ts';
import { createLogger } from './logger.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'signalbox-logger-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

let files = 0;
async function linesOf(log: (logger: Logger) => void, level: 'debug' | 'info' | 'silent' = 'info') {
  const file = join(dir, `${files++}.log`);
  const fd = openSync(file, 'a');
  const logger = createLogger({ level, fd });
  log(logger);
  await logger.flush();
  const text = await readFile(file, 'utf8');
  closeSync(fd);
  return {
    text,
    lines: text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  };
}

describe('a log line', () => {
  it('is one JSON object with time, level, event and the ids', async () => {
    const { lines } = await linesOf((log) =>
      log.info('step.succeeded', {
        runId: 'run_1',
        stepId: 'step_1',
        traceId: 'ab'.repeat(16),
        size: 3,
        at: new Date(0),
      }),
    );
    expect(lines).toEqual([
      {
        level: 'info',
        ts: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        event: 'step.succeeded',
        run_id: 'run_1',
        step_id: 'step_1',
        trace_id: 'ab'.repeat(16),
        size: 3,
        at: '1970-01-01T00:00:00.000Z',
      },
    ]);
  });

  it('is not written below the level', async () => {
    const all = (log: Logger) => {
      log.debug('a');
      log.info('b');
      log.warn('c');
      log.error('d');
    };
    expect((await linesOf(all)).lines.map(({ event }) => event)).toEqual(['b', 'c', 'd']);
    expect((await linesOf(all, 'debug')).lines.map(({ level }) => level)).toEqual(['debug', 'info', 'warn', 'error']);
    expect((await linesOf(all, 'silent')).text).toBe('');
  });

  it('stays one line whatever it contains', async () => {
    const { lines } = await linesOf((log) => log.warn('x', { text: 'a\n{"event":"forged"}\u2028\r\n' }));
    expect(lines).toHaveLength(1);
  });

  it('contains no secret, whatever its name', async () => {
    const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2lnbmF0dXJl';
    const { text } = await linesOf((log) =>
      log.error('request.failed', {
        headers: { Authorization: 'Bearer s3cret-a', 'set-cookie': 's3cret-b', host: 'here' },
        input: [{ password: 's3cret-c', nested: { accessToken: 's3cret-d', apiKey: 's3cret-e' } }],
        token: 's3cret-f',
        message: `refused Bearer s3cret-g and ${jwt} in the middle`,
        error: Object.assign(new Error(`bad token ${jwt}`), { clientSecret: 's3cret-h' }),
        config: { issuer: { key: createSecret(Buffer.from('s3cret-i')) } },
      }),
    );
    expect(text).not.toMatch(/s3cret|c2lnbmF0dXJl/);
    expect(text).not.toContain(Buffer.from('s3cret-i').toString('base64'));
    expect(text).toContain('"host":"here"');
    expect(text).toContain('in the middle');
  });

  it('contains an error with its stack, code and cause', async () => {
    const { lines } = await linesOf((log) =>
      log.error('x', { error: new Fault('UNAVAILABLE', 'Try later.', { cause: new Error('disk full') }) }),
    );
    expect(lines[0].error).toMatchObject({
      name: 'Fault',
      code: 'UNAVAILABLE',
      message: 'Try later.',
      stack: expect.stringContaining('logger.test.ts'),
      cause: { message: 'disk full' },
    });
  });

  it('has a limited size, and never fails', async () => {
    const cycle: Record<string, unknown> = { big: 1n, bytes: new Uint8Array(5), many: Array.from({ length: 9_999 }) };
    cycle.self = cycle;
    const failing = {
      get value() {
        throw new Error('no');
      },
    };
    const { lines } = await linesOf((log) => {
      log.info('cycle', { cycle });
      log.info('long', { text: 'x'.repeat(1_000_000) });
      log.info('failing', { failing });
    });
    expect(lines[0].cycle).toMatchObject({ big: '1', bytes: '[5 bytes]' });
    expect(lines[0].cycle.many).toHaveLength(100);
    expect(lines[1].text.length).toBeLessThan(9_000);
    expect(lines[2]).toMatchObject({ event: 'failing', unprintable: 'Error: no' });
  });
});

describe('the log', () => {
  const child = (script: string) =>
    spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'pipe'] });
  const loggerModule = JSON.stringify(new URL('./logger.ts', import.meta.url).href);

  it('goes to stderr, and is complete when the process ends at once', async () => {
    const script = `import { createLogger } from ${loggerModule};
      const log = createLogger({ level: 'info' });
      for (let i = 0; i < 1000; i++) log.info('line', { i });
      process.exitCode = 0; await log.flush(); process.exit();`;
    const { stdout, stderr } = child(script);
    const [out, err] = await Promise.all([stdout.toArray(), stderr.toArray()]);
    expect(out).toEqual([]);
    const lines = Buffer.concat(err).toString().trim().split('\n');
    expect(lines).toHaveLength(1000);
    expect(JSON.parse(lines[999] ?? '')).toMatchObject({ event: 'line', i: 999 });
  });

  it('does not block or end the server when its reader blocks or disconnects', async () => {
    const script = `import { createLogger } from ${loggerModule};
      const log = createLogger({ level: 'info' });
      const text = 'x'.repeat(8000);
      for (let i = 0; i < 5000; i++) log.info('line', { text });
      await new Promise((resolve) => setTimeout(resolve, 20));
      console.log('alive', Math.round(process.memoryUsage().rss / 1e6) < 250);
      setTimeout(async () => { log.info('after'); await log.flush(); console.log('still alive'); process.exit(0); }, 300);`;
    const running = child(script);
    running.stdout.once('data', () => running.stderr.destroy());
    const output = Buffer.concat(await running.stdout.toArray()).toString();
    expect(output).toBe('alive true\nstill alive\n');
  });

  it('is written when flush resolves', async () => {
    const { lines } = await linesOf((log) => {
      for (let i = 0; i < 2_000; i++) log.info('line', { i });
    });
    expect(lines).toHaveLength(2_000);
  });

  it('ends even when nothing can be written', async () => {
    const fd = openSync('/dev/null', 'r');
    const logger = createLogger({ level: 'info', fd });
    logger.info('lost');
    await logger.flush();
    closeSync(fd);
  });
});

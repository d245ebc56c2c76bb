import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ALICE,
  BOB,
  startGraphql,
  type TestGraphqlServer,
} from '../../../../../test/support/surfaces/graphql-server.ts';
import type { LogLevel } from '../../../../core/event.ts';
import { encodeCursor } from '../../../../core/journal.ts';

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql();
});
afterAll(() => api.close());

/** A run of Alice's, whose one step has logged. */
async function withLog(...lines: readonly (readonly [string, LogLevel?])[]): Promise<string> {
  const runId = await api.appendRun(0, { username: 'alice', end: false });
  const at = new Date('2026-11-20T10:00:00.123Z');
  await api.store.journal.append(
    runId,
    3,
    lines.map(([text, level = 'INFO']) => ({ type: 'LOG', at, step: 'fetch', payload: { level, text } })),
  );
  return runId;
}

const LOGS = `query (
  $id: ID!, $after: Cursor, $first: Int, $last: Int, $before: Cursor, $text: String, $level: LogLevel, $fromSeq: Int, $beforeSeq: Int
) {
  run(id: $id) { step(key: "fetch") {
    logCount(text: $text, level: $level, fromSeq: $fromSeq)
    logs(
      after: $after, first: $first, last: $last, before: $before, text: $text, level: $level, fromSeq: $fromSeq, beforeSeq: $beforeSeq
    ) {
      startCursor cursor caughtUp events { ... on LogLine { text } }
    }
  } }
}`;

interface Log {
  readonly startCursor: string | null;
  readonly cursor: string;
  readonly caughtUp: boolean;
  readonly events: readonly { readonly text: string }[];
}

async function read(id: string, args: object = {}, caller = ALICE) {
  const { data, errors } = await api.ask(LOGS, { id, ...args }, caller);
  if (errors) return { errors };
  const { logs, logCount } = (data as { run: { step: { logs: Log; logCount: number } } }).run.step;
  return { logs, logCount, texts: logs.events.map(({ text }) => text) };
}

describe('the log of a step', () => {
  it('is read from its end, page by page, and from there followed', async () => {
    const id = await withLog(['1'], ['2'], ['3']);
    const end = await read(id, { last: 2 });
    expect(end).toMatchObject({ texts: ['2', '3'], logCount: 3, logs: { caughtUp: true } });
    const older = await read(id, { last: 2, before: end.logs?.startCursor });
    expect(older).toMatchObject({ texts: ['1'], logs: { startCursor: null } });
    await withLog(['of another run']);
    expect(await read(id, { after: end.logs?.cursor })).toMatchObject({ texts: [], logs: { startCursor: null } });
  });

  it('is searched, and its matching lines are counted', async () => {
    const id = await withLog(['Failed: a', 'ERROR'], ['ok'], ['failed: b', 'WARN']);
    expect(await read(id, { last: 10, text: 'FAILED' })).toMatchObject({
      texts: ['Failed: a', 'failed: b'],
      logCount: 2,
    });
    expect(await read(id, { text: 'failed', level: 'ERROR' })).toMatchObject({ texts: ['Failed: a'], logCount: 1 });
  });

  it('is read on both sides of a line by its seq, also at its ends and beyond', async () => {
    // The lines follow two events of the run.
    const id = await withLog(['seq 3'], ['seq 4', 'WARN'], ['seq 5']);
    await withLog(['of another run']);
    const from = await read(id, { fromSeq: 4, first: 10 });
    expect(from).toMatchObject({ texts: ['seq 4', 'seq 5'], logCount: 2, logs: { caughtUp: true } });
    const before = await read(id, { beforeSeq: 5, last: 1 });
    expect(before.texts).toEqual(['seq 4']);
    expect(await read(id, { before: before.logs?.startCursor, last: 10 })).toMatchObject({ texts: ['seq 3'] });
    expect(await read(id, { fromSeq: 3, level: 'WARN' })).toMatchObject({ texts: ['seq 4'], logCount: 1 });
    expect(await read(id, { fromSeq: 1 })).toMatchObject({ texts: ['seq 3', 'seq 4', 'seq 5'], logCount: 3 });
    expect(await read(id, { fromSeq: 6 })).toMatchObject({ texts: [], logCount: 0, logs: { caughtUp: true } });
    expect(await read(id, { fromSeq: 1_000 })).toMatchObject({ texts: [], logCount: 0, logs: { caughtUp: true } });
    expect(await read(id, { beforeSeq: 1_000, last: 10 })).toMatchObject({ texts: ['seq 3', 'seq 4', 'seq 5'] });
    expect(await read(id, { beforeSeq: 1, last: 10 })).toMatchObject({ texts: [], logs: { startCursor: null } });
  });

  it.each([
    [{ last: 10, after: 'c1.MQ' }, 'after'],
    [{ before: 'c1.MQ' }, 'before'],
    [{ last: 10, fromSeq: 3 }, 'fromSeq'],
    [{ beforeSeq: 3 }, 'beforeSeq'],
    [{ fromSeq: 0 }, 'fromSeq'],
    [{ last: 10, beforeSeq: -1 }, 'beforeSeq'],
    [{ fromSeq: 3, after: 'c1.MQ' }, 'fromSeq'],
    [{ last: 10, beforeSeq: 3, before: 'c1.MQ' }, 'beforeSeq'],
    [{ last: 1_001 }, 'last'],
    [{ text: '' }, 'text'],
    [{ text: 'x'.repeat(257) }, 'text'],
    [{ last: 1, before: encodeCursor(1_000_000) }, 'before'],
  ])('refuses %j', async (args, argument) => {
    const { errors } = await read(await withLog(['x']), args);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_INPUT', input: [argument] });
  });

  it('is part of the log of its run, which has the lines of all steps, or of some', async () => {
    const id = await withLog(['a needle of fetch']);
    const at = new Date();
    const payload = { level: 'ERROR', text: 'a needle of other' } as const;
    await api.store.journal.append(id, 4, [
      { type: 'LOG', at, step: 'other', payload },
      { type: 'LOG', at, step: 'third', payload: { level: 'INFO', text: 'hay' } },
    ]);
    const document = `query ($id: ID!, $steps: [String!], $level: LogLevel, $text: String, $last: Int, $fromSeq: Int, $beforeSeq: Int) {
      run(id: $id) {
        logCount(steps: $steps, level: $level, text: $text, fromSeq: $fromSeq)
        logs(steps: $steps, level: $level, text: $text, last: $last, fromSeq: $fromSeq, beforeSeq: $beforeSeq) { events { step } }
      } }`;
    const stepsOf = async (args: object = {}) => {
      const { data } = await api.ask(document, { id, ...args }, ALICE);
      const { logs, logCount } = (data as { run: { logs: { events: { step: string }[] }; logCount: number } }).run;
      return { steps: logs.events.map(({ step }) => step), logCount };
    };
    expect(await stepsOf()).toEqual({ steps: ['fetch', 'other', 'third'], logCount: 3 });
    expect(await stepsOf({ steps: ['fetch', 'third'] })).toEqual({ steps: ['fetch', 'third'], logCount: 2 });
    expect(await stepsOf({ text: 'NEEDLE', level: 'ERROR' })).toEqual({ steps: ['other'], logCount: 1 });
    expect(await stepsOf({ fromSeq: 4 })).toEqual({ steps: ['other', 'third'], logCount: 2 });
    expect((await stepsOf({ last: 1, beforeSeq: 5 })).steps).toEqual(['other']);
    const tooMany = await api.ask(document, { id, steps: Array.from({ length: 101 }, () => 'x') }, ALICE);
    expect(tooMany.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_INPUT', input: ['steps'] });
  });

  it('is counted from several levels on at once', async () => {
    const id = await withLog(['INFO of fetch']);
    const levels = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'ERROR'] as const;
    await api.store.journal.append(
      id,
      4,
      levels.map((level) => ({
        type: 'LOG' as const,
        at: new Date(),
        step: 'other',
        payload: { level, text: `${level} a` },
      })),
    );
    const document = `query ($id: ID!, $steps: [String!]) { run(id: $id) {
      all: logCount(steps: $steps) info: logCount(steps: $steps, level: INFO) warn: logCount(steps: $steps, level: WARN)
      error: logCount(steps: $steps, level: ERROR) found: logCount(text: "error", level: WARN) late: logCount(fromSeq: 7) } }`;
    const countsOf = async (steps?: readonly string[]) => (await api.ask(document, { id, steps }, ALICE)).data;
    expect(await countsOf()).toEqual({ run: { all: 6, info: 5, warn: 3, error: 2, found: 2, late: 2 } });
    expect(await countsOf(['other'])).toEqual({ run: { all: 5, info: 4, warn: 3, error: 2, found: 2, late: 2 } });
  });

  it('is not shown to those who may not see its run', async () => {
    const { data } = await api.ask(LOGS, { id: await withLog(['secret']) }, BOB);
    expect(data).toEqual({ run: null });
  });
});

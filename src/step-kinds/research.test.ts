import { describe, expect, it } from 'vitest';
import { createTestStepSession, type TestStepTool } from '../../test/support/step-kinds/step-session.ts';
import { Fault } from '../core/errors.ts';
import { research } from './research.ts';

const page = (title: string, url: string) => ({ title, url, snippet: `About ${title}` });

const web: TestStepTool = {
  name: 'web.search',
  run: ({ query }) => ({
    source: 'offline index',
    results: [page(query, `file:///${query}`), page('Same', 'file:///same')],
  }),
};
const drive: TestStepTool = {
  name: 'drive.search',
  run: () => ({ source: 'local folder', files: [{ id: 'a/b', name: 'Notes.txt', media_type: 'text/plain' }] }),
};
const failing = (name: string, code: 'UNAVAILABLE' | 'FORBIDDEN'): TestStepTool => ({
  name,
  run: () => {
    throw new Fault(code, `${name} says no.`);
  },
});

describe('research', () => {
  it('searches every source for every query, and returns each result once', async () => {
    const session = createTestStepSession([web, drive]);
    expect(await research.run({ queries: ['a', 'b', 'a'], limit: 3 }, session)).toEqual({
      findings: [
        { query: 'a', source: 'local folder', title: 'Notes.txt', url: 'drive:a%2Fb', snippet: 'text/plain' },
        { query: 'a', source: 'offline index', title: 'a', url: 'file:///a', snippet: 'About a' },
        { query: 'a', source: 'offline index', title: 'Same', url: 'file:///same', snippet: 'About Same' },
        { query: 'b', source: 'offline index', title: 'b', url: 'file:///b', snippet: 'About b' },
      ],
      sources: ['local folder', 'offline index'],
      gaps: [],
    });
    expect(session.called.map(({ tool, args }) => `${tool} ${args.query} ${args.limit}`)).toEqual([
      'drive.search a 3',
      'drive.search b 3',
      'web.search a 3',
      'web.search b 3',
    ]);
  });

  it('searches only the given sources', async () => {
    const session = createTestStepSession([web, drive]);
    await research.run({ query: 'a', sources: ['web.search'] }, session);
    expect(session.called.map(({ tool }) => tool)).toEqual(['web.search']);
  });

  it('continues without a source that fails, and reports the gap', async () => {
    const session = createTestStepSession([web, failing('drive.search', 'FORBIDDEN')]);
    expect(await research.run({ query: 'a' }, session)).toMatchObject({
      sources: ['offline index'],
      gaps: [{ source: 'drive.search', query: 'a', code: 'FORBIDDEN', message: 'drive.search says no.' }],
    });
    expect(session.logged[0]).toMatch(/^WARN drive\.search failed/);
  });

  it.each([
    ['FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'],
    ['FORBIDDEN', 'UNAVAILABLE', 'UNAVAILABLE'],
  ] as const)('fails when all sources do: %s and %s', async (one, other, code) => {
    const session = createTestStepSession([failing('web.search', one), failing('drive.search', other)]);
    await expect(research.run({ query: 'a' }, session)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/All sources failed/),
    });
  });

  it('rethrows a pause for a person', async () => {
    const pause = new Error('waits for a person');
    const waiting: TestStepTool = {
      name: 'drive.search',
      run: () => {
        throw pause;
      },
    };
    await expect(research.run({ query: 'a' }, createTestStepSession([web, waiting]))).rejects.toBe(pause);
  });

  it('requires a query', async () => {
    await expect(research.run({}, createTestStepSession([web]))).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });
});

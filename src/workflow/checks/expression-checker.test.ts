import { describe, expect, it } from 'vitest';
import { problemsOf } from '../../../test/support/workflow/catalog.ts';
import type { JsonObject } from '../../lib/json.ts';
import { MAX_EXPRESSIONS } from '../model/workflow-limits.ts';

const rendering = (data: readonly string[], more: readonly JsonObject[] = []): JsonObject => ({
  name: 'test',
  steps: [{ id: 'a', kind: 'command', command: 'render', input: { data } }, ...more],
});
const times = (count: number, make: (i: number) => string) => Array.from({ length: count }, (_, i) => make(i));

describe('the expressions of a document', () => {
  it('may be many, and are reported once when they are too many', () => {
    expect(problemsOf(rendering(times(MAX_EXPRESSIONS, (i) => `{{ ${i} }}`)))).toBe('');
    const problems = problemsOf(rendering(times(MAX_EXPRESSIONS + 5, (i) => `{{ ${i} }}`)));
    expect(problems).toMatch(/^ERROR Step a: this document has more than 5000 expressions.*$/);
  });

  it('are counted once, also in repaired steps, which are checked twice', () => {
    const repaired = { id: 'b', kind: 'sleep', depends_on: ['a'], input: { ms: 1 }, repair: { step: 'a' } };
    expect(
      problemsOf(
        rendering(
          times(MAX_EXPRESSIONS, (i) => `{{ ${i} }}`),
          [repaired],
        ),
      ),
    ).toBe('');
  });

  it('count as several when they are long, because their cost grows with the square of their length', () => {
    const long = (i: number) => `{{ ${'1+'.repeat(1_900)}${i} }}`;
    expect(problemsOf(rendering(times(10, long)))).toBe('');
    expect(problemsOf(rendering(times(20, long)))).toMatch(/too long together/);
  });
});

import { describe, expect, it } from 'vitest';
import { chipsOf, completionsOf, emptyQuery, filterOf, withTyped } from './run-filter.ts';
import { barRange } from './time-range.ts';

const NOW = Date.parse('2026-11-30T12:00:00Z');

const typed = (text: string) => withTyped(emptyQuery, text);

describe('the filter of the list of runs', () => {
  it('consists of typed words', () => {
    const { query, problem } = typed(
      'workflow:nightly by:alice label:team=sales error:bad_input kind:command failed from:24h no such row',
    );
    expect(problem).toBeUndefined();
    expect(filterOf(query, NOW)).toEqual({
      workflow: 'nightly',
      principal: 'alice',
      label: { team: 'sales' },
      errorCode: ['BAD_INPUT'],
      kind: ['COMMAND'],
      state: ['FAILED'],
      createdAfter: '2026-11-29T12:00:00.000Z',
      q: 'no such row',
    });
  });

  it.each([
    ['kind:nothing', 'kind: requires one of command, workflow, agent, pipeline, job.'],
    ['state:broken', 'state: requires one of'],
    ['label:team', 'label: requires a name and a value'],
    ['from:yesterday', 'from: requires a time'],
    ['workflow:', 'workflow: requires a name.'],
  ])('says what is wrong with %s, and stays as it is', (text, problem) => {
    const result = typed(`failed ${text}`);
    expect(result.problem).toContain(problem);
  });

  it('has a chip for each condition, which removes this one', () => {
    const { query } = typed('failed timeout workflow:nightly from:7d roots words');
    const chips = chipsOf(query, String);
    expect(chips.map(({ name, value }) => `${name} ${value}`)).toEqual([
      'state failed',
      'state timeout',
      'workflow nightly',
      'text words',
      'only roots',
      'time last 7d',
    ]);
    const others = chips.filter(({ name }) => name !== 'state');
    expect(filterOf(Object.assign({}, query, ...others.map(({ without }) => without)), NOW)).toEqual({
      state: ['FAILED', 'TIMEOUT'],
    });
  });

  it('ignores what a URL has that does not exist', () => {
    expect(filterOf({ ...emptyQuery, state: ['NONE'], kind: ['x'], from: 'soon' }, NOW)).toEqual({});
  });

  it('completes states, names and values', () => {
    const known = { workflows: ['nightly', 'weekly'], users: ['alice'], labels: ['team=sales'] };
    expect(completionsOf('fa', known)).toEqual(['failed']);
    expect(completionsOf('failed work', known)).toEqual(['workflow:']);
    expect(completionsOf('workflow:week', known)).toEqual(['workflow:weekly']);
    expect(completionsOf('by:', known)).toEqual(['by:alice']);
    expect(completionsOf('label:sal', known)).toEqual(['label:team=sales']);
    expect(completionsOf('failed ', known)).toEqual([]);
  });
});

describe('the bars', () => {
  it.each([
    ['', ''],
    ['30m', ''],
    ['7d', ''],
    ['2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z'],
    ['2020-01-01T00:00:00Z', ''],
    ['2026-12-24T00:00:00Z', ''],
    ['2026-11-30T11:59:59.900Z', '2026-11-30T11:00:00Z'],
  ])('cover the time from %j to %j with bars of a round length', (from, to) => {
    const range = barRange(from, to, NOW);
    expect(range.bars).toBeGreaterThan(0);
    expect(range.bars).toBeLessThanOrEqual(61);
    expect(range.from % range.barMs).toBe(0);
    expect(range.to).toBe(range.from + range.bars * range.barMs);
  });
});

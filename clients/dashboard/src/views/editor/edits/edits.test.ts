import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { after, PAGES, refusal } from './edit-results.ts';
import { addDependency, addStep, removeDependency } from './edits.ts';

describe('addStep', () => {
  const nap = { id: 'nap', kind: 'sleep', input: {} };

  it('adds a step after another one, and changes nothing else', () => {
    expect(after(PAGES, addStep(PAGES, 'rows', nap))).toBe(
      PAGES.replace(
        'command: convertToJson\n',
        'command: convertToJson\n  - id: nap\n    kind: sleep\n    input: {}\n',
      ),
    );
  });

  it('adds the first step', () => {
    for (const text of ['name: a', 'name: a\nsteps:\n', 'name: a\nsteps: # none\n', 'name: a\nsteps: []\n', '']) {
      expect(parse(after(text, addStep(text, undefined, nap))).steps).toEqual([nap]);
    }
  });

  it('adds a step to JSON as JSON', () => {
    const text = '{"name": "a", "steps": [{"id": "b", "kind": "sleep"}]}';
    expect(JSON.parse(after(text, addStep(text, 'b', nap))).steps).toEqual([{ id: 'b', kind: 'sleep' }, nap]);
  });

  it('adds a step after one that ends with lines of text', () => {
    const text =
      'steps:\n  - id: a\n    kind: tool\n    input:\n      code: |\n        one\n\n        two\noutputs: {}\n';
    expect(parse(after(text, addStep(text, 'a', nap))).steps[0].input.code).toBe('one\n\ntwo\n');
  });

  it('changes no text with errors', () => {
    expect(refusal(addStep('steps: [', undefined, nap))).toMatch(/errors/);
  });
});

describe('addDependency', () => {
  it('writes depends_on after the kind', () => {
    expect(after(PAGES, addDependency(PAGES, 'rows', 'page'))).toBe(
      PAGES.replace('kind: command\n', 'kind: command\n    depends_on: [rows]\n'),
    );
  });

  it('refuses one that is there', () => {
    const text = after(PAGES, addDependency(PAGES, 'rows', 'page'));
    expect(refusal(addDependency(text, 'rows', 'page'))).toBe('page depends on rows already.');
  });

  it('refuses one on the step itself', () => {
    expect(refusal(addDependency(PAGES, 'page', 'page'))).toBe('page cannot depend on itself.');
  });

  it('refuses one that makes a cycle, and names the cycle', () => {
    expect(refusal(addDependency(PAGES, 'page', 'rows'))).toBe(
      'rows cannot depend on page, because that makes a cycle: rows → page → rows.',
    );
    const chain = 'steps:\n  - { id: a }\n  - { id: b, depends_on: [a] }\n  - { id: c, when: steps.b.output }\n';
    expect(refusal(addDependency(chain, 'c', 'a'))).toContain('a cycle: a → c → b → a.');
  });

  it('refuses what it cannot change with certainty', () => {
    const text =
      'steps:\n  - id: a\n    kind: sleep\n    depends_on: &all [b]\n  - id: c\n    kind: sleep\n    depends_on: *all\n';
    expect(refusal(addDependency(text, 'd', 'c'))).toMatch(/Change it in the text/);
    expect(refusal(addDependency(text, 'd', 'a'))).toMatch(/Change it in the text/);
  });
});

describe('removeDependency', () => {
  it('refuses one that an expression makes, and names the expression', () => {
    expect(refusal(removeDependency(PAGES, 'rows', 'page'))).toBe(
      'page depends on rows because of {{ steps.rows.output }} in input.data, line 11. Change the expression in the text.',
    );
    const bare = 'steps:\n  - { id: a, kind: sleep }\n  - id: b\n    when: steps["a"].output > 1\n';
    expect(refusal(removeDependency(bare, 'a', 'b'))).toContain('steps["a"].output > 1 in when, line 4');
  });

  it.each([
    ['a block of text', 'input:\n      code: |\n        one\n        {{ steps.a.output }}\n', 'in input.code, line 7'],
    ['braces in braces', 'input: "{{ {1: {2: steps.a}} }}"\n', 'in input, line 4'],
    ['a name with a minus after it', 'input: "{{ steps.a-1 }}"\n', '{{ steps.a-1 }}'],
    ['a list', 'for_each: ["{{ steps.a.output }}"]\n', 'in for_each.0, line 4'],
  ])('finds the expression in %s', (_, lines, where) => {
    const text = `steps:\n  - { id: a, kind: sleep }\n  - id: b\n    ${lines}`;
    expect(refusal(removeDependency(text, 'a', 'b'))).toContain(where);
  });

  it.each([
    'input: "{{ \'steps.a\' }}"',
    'input: steps.a',
    'input: "{{ item.steps.a }}"',
    'title: "{{ steps.a }}"',
    'compensate: { kind: sleep, input: { ms: "{{ steps.a.output }}" } }',
  ])('takes no expression that makes no dependency for the reason: %s', (line) => {
    const text = `steps:\n  - { id: a, kind: sleep }\n  - id: b\n    depends_on: [a]\n    ${line}\n`;
    expect(after(text, removeDependency(text, 'a', 'b'))).toBe(text.replace('    depends_on: [a]\n', ''));
  });

  it.each([
    ['[a, b, c]', 'a', '[b, c]'],
    ['[a, b, c]', 'b', '[a, c]'],
    ['[a, b, c]', 'c', '[a, b]'],
    ['[ "a" , b ]', 'b', '[ "a" ]'],
  ])('takes out of %s the step %s', (list, from, left) => {
    const text = `steps:\n  - id: d\n    depends_on: ${list} # why\n`;
    expect(after(text, removeDependency(text, from, 'd'))).toBe(text.replace(list, left));
  });

  it.each([
    ['    depends_on: [a]\n', ''],
    ['    depends_on: [a] # why\n', '    # why\n'],
    ['    depends_on: # why\n      # more\n      - a # first\n', '    # why\n      # more\n      # first\n'],
    ['    depends_on:\n      - a\n\n', '\n'],
    ['    depends_on: [a]\r\n', ''],
  ])('takes out depends_on with its last step: %j', (lines, left) => {
    const text = `steps:\n  - id: d\n${lines}    kind: sleep\n`;
    expect(after(text, removeDependency(text, 'a', 'd'))).toBe(text.replace(lines, left));
    const last = `steps:\n  - id: d\n${lines.trimEnd()}`;
    expect(after(last, removeDependency(last, 'a', 'd'))).toBe(`steps:\n  - id: d\n${left}`.trimEnd());
  });

  it('takes out depends_on where it is the first key, and in braces', () => {
    const first = 'steps:\n  - depends_on: [a]\n    id: d\n';
    expect(after(first, removeDependency(first, 'a', 'd'))).toBe('steps:\n  - id: d\n');
    const noted = 'steps:\n  - depends_on: [a] # why\n    id: d\n';
    expect(after(noted, removeDependency(noted, 'a', 'd'))).toBe('steps:\n  - # why\n    id: d\n');
    const json = '{"steps": [{"id": "d", "depends_on": ["a"], "kind": "sleep"}]}';
    expect(after(json, removeDependency(json, 'a', 'd'))).toBe('{"steps": [{"id": "d", "kind": "sleep"}]}');
  });

  it('keeps the comment of an item that it removes', () => {
    const text = 'steps:\n  - id: d\n    depends_on:\n      - a # first\n      - b\n';
    expect(after(text, removeDependency(text, 'a', 'd'))).toContain('# first');
    expect(after(text, removeDependency(text, 'b', 'd'))).toBe(text.replace('\n      - b', ''));
  });
});

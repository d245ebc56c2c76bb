import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { after, PAGES, refusal } from './edit-results.ts';
import { changeStep, removeStep } from './edits.ts';
import { renameStep } from './rename-step.ts';

describe('changeStep', () => {
  /** The text after the step `a` got other values. */
  const changed = (text: string, values: Readonly<Record<string, unknown>>) => {
    const step = parse(text).steps.find(({ id }: { id: string }) => id === 'a');
    return after(text, changeStep(text, 'a', { ...step, ...values }));
  };
  const of = (lines: string) =>
    `name: b\nsteps:\n  - id: a # the first\n${lines}  - id: z\n    kind: sleep\noutputs: {}\n`;

  it.each([
    ['    title: Old # why\n', { title: 'New' }, '    title: New # why\n'],
    ['    title: "Old"\n', { title: 'New' }, '    title: "New"\n'],
    ['    title: Old\n', { title: 'yes: no' }, '    title: "yes: no"\n'],
    ['    title: Old\n', { title: 'true' }, '    title: "true"\n'],
    ['    title: # why\n', { title: 'New' }, '    title: New # why\n'],
    ['    timeout_ms: 10\n', { timeout_ms: 20 }, '    timeout_ms: 20\n'],
    [
      '    input: { ms: 1, x: [1, 2] } # why\n',
      { input: { ms: 2, x: [1, 2] } },
      '    input: { ms: 2, x: [1, 2] } # why\n',
    ],
    [
      '    input:\n      # how long\n      ms: 1\n',
      { input: { ms: 2 } },
      '    input:\n      # how long\n      ms: 2\n',
    ],
    ['    input:\n      ms: 1\n', { input: { ms: 1, to: 'b' } }, '    input:\n      ms: 1\n      to: b\n'],
    ['    tools:\n      - a # one\n      - b\n', { tools: ['a', 'c'] }, '    tools:\n      - a # one\n      - c\n'],
    ['    tools: [a]\n', { tools: ['a', 'c'] }, '    tools: [a, c]\n'],
    ['    kind: sleep\n', { retry: { max_attempts: 2 } }, '    kind: sleep\n    retry: { max_attempts: 2 }\n'],
    ['    kind: sleep\n    pool: x # why\n', { pool: undefined }, '    kind: sleep\n    # why\n'],
    ['    code: |\n      one\n      two\n', { code: 'one\n\nthree\n' }, '    code: |\n      one\n\n      three\n'],
    ['    kind: x\n', { code: 'one\ntwo' }, '    kind: x\n    code: |-\n      one\n      two\n'],
  ])('changes %j only where it differs', (lines, values, left) => {
    expect(changed(of(lines), values)).toBe(of(left));
  });

  it('changes JSON as JSON', () => {
    const text = '{"steps": [{"id": "a", "kind": "sleep", "input": {"ms": 1}}]}';
    expect(changed(text, { input: { ms: 2 }, pool: 'big' })).toBe(
      '{"steps": [{"id": "a", "kind": "sleep", "input": {"ms": 2}, "pool": "big"}]}',
    );
  });

  it('refuses to replace what has comments, and an alias', () => {
    const step = { id: 'a', kind: 'sleep' };
    const noted = of('    kind: sleep\n    input:\n      - 1 # one\n');
    expect(refusal(changeStep(noted, 'a', { ...step, input: 'other' }))).toMatch(/Change it in the text/);
    const shared = `base: &base { ms: 1 }\n${of('    kind: sleep\n    input: *base\n')}`;
    expect(refusal(changeStep(shared, 'a', { ...step, input: { ms: 2 } }))).toMatch(/Change it in the text/);
  });
});

describe('removeStep', () => {
  it('removes its lines, and itself from depends_on of others; comments outside of it stay', () => {
    const text = PAGES.replace(
      '    command: render\n',
      '    command: render\n    depends_on: [rows] # after it\n',
    ).replace(/\n {4}input: .*/, '');
    expect(after(text, removeStep(text, 'rows'))).toBe(
      '# Before.\nname: pages # its name\nsteps:\n  # The rows.\n  - id: page\n    kind: command\n    command: render\n    # after it\n  # The end.\noutputs: {}\n',
    );
    expect(after(PAGES, removeStep(PAGES, 'page'))).toBe(PAGES.replace(/ {2}- id: page[\s\S]*rows\n/, ''));
  });

  it('removes a step in braces, and the last one of a text without a last break', () => {
    const json = '{"steps": [{"id": "a"}, {"id": "b", "depends_on": ["a"]}]}';
    expect(after(json, removeStep(json, 'a'))).toBe('{"steps": [{"id": "b"}]}');
    const text = 'steps:\n  - id: a\n  - id: b\n    kind: sleep';
    expect(after(text, removeStep(text, 'b'))).toBe('steps:\n  - id: a');
  });

  it('refuses one that an expression needs, one that is repeated by a repair, and the only one', () => {
    expect(refusal(removeStep(PAGES, 'rows'))).toBe(
      'rows is needed by {{ steps.rows.output }} in input.data, line 11. Change the expression in the text first.',
    );
    const output = 'steps:\n  - id: a\n  - id: b\noutputs:\n  all: "{{ steps.a.output }}"\n';
    expect(refusal(removeStep(output, 'a'))).toContain('{{ steps.a.output }} in outputs.all, line 5');
    const repair = 'steps:\n  - id: a\n  - id: b\n    repair: { step: a }\n';
    expect(refusal(removeStep(repair, 'a'))).toBe('a runs again when b fails. Change its repair first.');
    expect(refusal(removeStep('steps:\n  - id: a\n', 'a'))).toMatch(/only step/);
  });
});

describe('renameStep', () => {
  it('renames it wherever it is named, and changes nothing else', () => {
    const text = [
      'steps:',
      '  - id: a # first',
      '    title: steps.a',
      '  - id: ab',
      '    depends_on: [a, "a"] # a',
      '    when: steps.a.output > steps.ab.output',
      '    repair: { step: a }',
      '    input: { x: "{{ steps[\\"a\\"].output }}", y: \'{{ steps[\'\'a\'\'] }}\', z: "{{ steps . a }} of a" }',
      '    agent:',
      '      goal: |',
      '        {{ steps["a"].output }} # no comment',
      'outputs: { a: "{{ steps.a }}" }',
      '',
    ].join('\n');
    const renamed = text
      .replace('id: a #', 'id: first #')
      .replace('[a, "a"]', '[first, "first"]')
      .replace('when: steps.a.', 'when: steps.first.')
      .replace('step: a', 'step: first')
      .replace('[\\"a\\"]', '[\\"first\\"]')
      .replace("[''a'']", "[''first'']")
      .replace('steps . a', 'steps . first')
      .replace('["a"]', '["first"]')
      .replace('{{ steps.a }}', '{{ steps.first }}');
    expect(after(text, renameStep(text, 'a', 'first'))).toBe(renamed);
  });

  it('writes a name with a dash in brackets', () => {
    const text = 'steps:\n  - id: a\n  - id: b\n    when: steps.a.output\n    input: "{{ steps.a }}"\n';
    expect(after(text, renameStep(text, 'a', 'get-it'))).toBe(
      'steps:\n  - id: get-it\n  - id: b\n    when: steps["get-it"].output\n    input: "{{ steps[\'get-it\'] }}"\n',
    );
  });

  it('refuses a name that is taken, and one that no step can have', () => {
    expect(refusal(renameStep(PAGES, 'rows', 'page'))).toBe('There is a step page already.');
    expect(refusal(renameStep(PAGES, 'rows', '1st'))).toMatch(/An ID is a letter/);
  });
});

import { ChangeSet, Text } from '@codemirror/state';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { addDependency, addStep, removeDependency, type StepEdit } from './edits.ts';
import { changedText, commentsOf } from './yaml-text.ts';

/** The text after an edit that must not be refused. */
function after(text: string, edit: StepEdit): string {
  if ('refused' in edit) throw new Error(`${edit.refused}\n${text}`);
  return changedText(text, edit.changes);
}

const refusal = (edit: StepEdit) => ('refused' in edit ? edit.refused : undefined);

const TEXT = `# Before.
name: pages # its name
steps:
  # The rows.
  - id: rows
    kind: command # a command
    command: convertToJson
  - id: page
    kind: command
    command: render
    input: { data: "{{ steps.rows.output }}" } # of the rows
  # The end.
outputs: {}
`;

describe('addStep', () => {
  const nap = { id: 'nap', kind: 'sleep', input: {} };

  it('adds a step after another one, and changes nothing else', () => {
    expect(after(TEXT, addStep(TEXT, 'rows', nap))).toBe(
      TEXT.replace('command: convertToJson\n', 'command: convertToJson\n  - id: nap\n    kind: sleep\n    input: {}\n'),
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
    expect(after(TEXT, addDependency(TEXT, 'rows', 'page'))).toBe(
      TEXT.replace('kind: command\n', 'kind: command\n    depends_on: [rows]\n'),
    );
  });

  it('refuses one that is there', () => {
    const text = after(TEXT, addDependency(TEXT, 'rows', 'page'));
    expect(refusal(addDependency(text, 'rows', 'page'))).toBe('page depends on rows already.');
  });

  it('refuses one on the step itself', () => {
    expect(refusal(addDependency(TEXT, 'page', 'page'))).toBe('page cannot depend on itself.');
  });

  it('refuses one that makes a cycle, and names the cycle', () => {
    expect(refusal(addDependency(TEXT, 'page', 'rows'))).toBe(
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
    expect(refusal(removeDependency(TEXT, 'rows', 'page'))).toBe(
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

const comment = fc.stringMatching(/^#[ -~]{0,12}$/).map((text) => text.trimEnd());
const ending = fc.option(comment).map((text) => (text === null ? '' : ` ${text}`));
const line = (pad: string) => fc.option(comment).map((text) => (text === null ? '' : `${pad}${text}\n`));

/** A list of dependencies, in one of the ways to write it. */
const dependsOn = (ids: readonly string[]): fc.Arbitrary<string> =>
  fc.subarray([...ids]).chain((some) =>
    fc.oneof(
      fc.constant(''),
      fc.tuple(ending).map(([end]) => `    depends_on: [${some.join(', ')}]${end}\n`),
      fc
        .tuple(ending, ending)
        .map(([first, end]) => `    depends_on: [${first}\n      ${some.join(',\n      ')}${end}\n    ]\n`),
      some.length === 0
        ? fc.constant('    depends_on:\n')
        : fc
            .tuple(ending, fc.array(ending, { minLength: some.length, maxLength: some.length }), line('      '))
            .map(
              ([end, ends, over]) =>
                `    depends_on:${end}\n${over}${some.map((id, i) => `      - ${id}${ends[i]}\n`).join('')}`,
            ),
    ),
  );

const step = (id: string, ids: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    fc
      .tuple(line('  '), ending, ending, dependsOn(ids), line('    '))
      .map(
        ([over, first, second, depends, under]) =>
          `${over}  - id: ${id}${first}\n    kind: sleep${second}\n${depends}${under}    input: { ms: 1 }\n`,
      ),
    fc
      .tuple(line('  '), fc.subarray([...ids]), ending)
      .map(([over, some, end]) => `${over}  - { id: ${id}, kind: sleep, depends_on: [${some.join(', ')}] }${end}\n`),
  );

const IDS = ['a', 'b', 'c', 'd'];

const workflow = fc
  .tuple(line(''), ending, ...IDS.map((id, index) => step(id, IDS.slice(0, index))), line(''))
  .map(([over, end, ...rest]) => `${over}name: any${end}\nsteps:\n${rest.join('')}outputs: {}\n`);

describe('any edit', () => {
  it('keeps every comment, and does what it says to the document alone', () => {
    fc.assert(
      fc.property(workflow, fc.constantFrom(...IDS), fc.constantFrom(...IDS), (text, from, to) => {
        fc.pre(from < to);
        const before = parse(text);
        const present: readonly string[] = before.steps.find(({ id }: { id: string }) => id === to).depends_on ?? [];
        const added = { id: 'e', kind: 'sleep', input: {} };
        const edits: readonly (readonly [StepEdit, unknown])[] = [
          [addStep(text, to, added), before.steps.toSpliced(IDS.indexOf(to) + 1, 0, added)],
          present.includes(from)
            ? [
                removeDependency(text, from, to),
                dependingOn(
                  before,
                  to,
                  present.filter((id) => id !== from),
                ),
              ]
            : [addDependency(text, from, to), dependingOn(before, to, [...present, from])],
        ];
        for (const [edit, steps] of edits) {
          const result = after(text, edit);
          expect(comments(result)).toEqual(comments(text));
          expect(parse(result)).toEqual({ ...before, steps });
          expect(outside(result, to)).toEqual(outside(text, to));
          expect(undone(text, edit)).toBe(text);
        }
      }),
      { numRuns: 120 },
    );
  });
});

function dependingOn({ steps }: { steps: readonly { id: string }[] }, to: string, dependencies: readonly string[]) {
  return steps.map((one) => {
    if (one.id !== to) return one;
    const { depends_on: _, ...others } = one as { id: string; depends_on?: unknown };
    return dependencies.length === 0 ? others : { ...others, depends_on: dependencies };
  });
}

const comments = (text: string) => commentsOf(text).map(({ source }) => source);

/** The lines before a step, and those from the next step on. */
function outside(text: string, id: string) {
  const lines = text.split('\n');
  const heads = lines.flatMap((one, index) => (/^ {2}- (?:\{ )?id: [a-d]\b|^outputs/.test(one) ? [index] : []));
  const begin = lines.findIndex((one) => new RegExp(`^ {2}- (\\{ )?id: ${id}\\b`).test(one));
  return [lines.slice(0, begin), lines.slice(heads.find((index) => index > begin))];
}

/** The text after an edit and its inverse, as undo has it. */
function undone(text: string, edit: StepEdit): string {
  const document = Text.of(text.split('\n'));
  const set = ChangeSet.of('changes' in edit ? [...edit.changes] : [], text.length);
  return set.invert(document).apply(set.apply(document)).toString();
}

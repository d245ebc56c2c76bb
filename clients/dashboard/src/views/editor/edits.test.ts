import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { addDependency, addStep, changedText, commentsOf, removeDependency, type StepEdit } from './edits.ts';

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
      'page depends on rows, because {{ steps.rows.output }} in input.data needs it. Change the expression in the text.',
    );
    const bare = 'steps:\n  - { id: a, kind: sleep }\n  - id: b\n    when: steps["a"].output > 1\n';
    expect(refusal(removeDependency(bare, 'a', 'b'))).toContain('steps["a"].output > 1 in when');
  });

  it.each([
    ['[a, b, c]', 'a', '[b, c]'],
    ['[a, b, c]', 'b', '[a, c]'],
    ['[a, b, c]', 'c', '[a, b]'],
    ['[a]', 'a', '[]'],
    ['[ "a" , b ]', 'b', '[ "a" ]'],
  ])('takes out of %s the step %s', (list, from, left) => {
    const text = `steps:\n  - id: d\n    depends_on: ${list} # why\n`;
    expect(after(text, removeDependency(text, from, 'd'))).toBe(text.replace(list, left));
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
        fc.pre(from !== to);
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
          expect(commentsOf(result)).toEqual(commentsOf(text));
          expect(parse(result)).toEqual({ ...before, steps });
        }
      }),
      { numRuns: 300 },
    );
  });
});

function dependingOn({ steps }: { steps: readonly { id: string }[] }, to: string, dependencies: readonly string[]) {
  return steps.map((one) => (one.id === to ? { ...one, depends_on: dependencies } : one));
}

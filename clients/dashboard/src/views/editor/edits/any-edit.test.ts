import { ChangeSet, Text } from '@codemirror/state';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { after } from './edit-results.ts';
import { addDependency, addStep, changeStep, removeDependency } from './edits.ts';
import type { StepEdit } from './read-steps.ts';
import { commentsOf } from './yaml-text.ts';

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
          [
            changeStep(text, to, { ...stepNamed(before, to), title: 'Another: one', input: { ms: 2 } }),
            before.steps.map((one: { id: string }) =>
              one.id === to ? { ...one, title: 'Another: one', input: { ms: 2 } } : one,
            ),
          ],
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

const stepNamed = ({ steps }: { steps: readonly { id: string }[] }, key: string) => steps.find(({ id }) => id === key);

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

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { completionsAt } from './completion.ts';
import type { WorkflowSchema } from './schema-at.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../../../../docs/workflow.schema.json', import.meta.url), 'utf8'),
) as WorkflowSchema;

/** Labels at the `|` of the text. */
function at(marked: string, names = {}): readonly string[] {
  const offset = marked.indexOf('|');
  const completions = completionsAt(marked.replace('|', ''), offset, schema, names);
  return completions?.options.map(({ label }) => label) ?? [];
}

const STEP = 'name: a\nsteps:\n  - id: rows\n    kind: command\n';

describe('completionsAt', () => {
  it('completes keys of the document, without those that it has', () => {
    const labels = at(`name: a\nsch|`);
    expect(labels).toEqual(expect.arrayContaining(['schedule', 'steps', 'inputs']));
    expect(labels).not.toContain('name');
  });

  it('completes the keys of a step by its kind', () => {
    const labels = at(`${STEP}    |`);
    expect(labels).toEqual(expect.arrayContaining(['command', 'input', 'retry', 'depends_on']));
    expect(labels).not.toContain('kind');
    expect(labels).not.toContain('agent');
    expect(at(`${STEP.replace('command', 'agent')}    |`)).toContain('agent');
  });

  it('completes the keys of a new step, whose kind is not known', () => {
    expect(at(`${STEP}  - |`)).toEqual(expect.arrayContaining(['id', 'kind']));
  });

  it('completes the kinds of a step, also where one is written already', () => {
    expect(at('steps:\n  - id: a\n    kind: |\n')).toEqual(expect.arrayContaining(['command', 'agent', 'sleep']));
    expect(at('steps:\n  - id: a\n    kind: comm|and\n')).toContain('sleep');
  });

  it('completes values that the schema lists, in blocks and in braces', () => {
    expect(at('name: a\nschedule:\n  overlap: |\n')).toEqual(['skip', 'queue', 'allow']);
    expect(at('schedule: { cron: "0 2 * * *", overlap: s|, catch_up: one }')).toEqual(['skip', 'queue', 'allow']);
    expect(at('schedule: { cron: "0 2 * * *", o| }')).toEqual(expect.arrayContaining(['overlap', 'time_zone']));
    expect(at(`${STEP}    idempotent: |`)).toEqual(['true', 'false']);
  });

  it('completes steps that a step can depend on, in both forms of a list', () => {
    const two = `${STEP}  - id: page\n    kind: command\n`;
    expect(at(`${two}    depends_on: [|]\n`)).toEqual(['rows']);
    expect(at(`${two}    depends_on:\n      - |\n`)).toEqual(['rows']);
    expect(at(`${two}    input: { data: "{{ steps.|" }\n`)).toEqual(['rows', 'page']);
  });

  it('takes no longer in a text of 1,000 steps than in a short one', () => {
    const steps = Array.from({ length: 1_000 }, (_, n) => `  - id: s${n}\n    kind: command\n    command: render\n`);
    const text = `name: a\nsteps:\n${steps.join('')}outputs: {}\n`;
    const at500 = text.indexOf('  - id: s500');
    const marks = [
      [`${text.slice(0, at500)}  - id: new\n    kind: command\n    |\n${text.slice(at500)}`, 'input'],
      [`${text.slice(0, at500)}  - id: new\n    kind: sleep\n    depends_on: [|]\n${text.slice(at500)}`, 's999'],
      [`${text}sch|`, 'schedule'],
      [`${text}goal_template: "{{ steps.|"`, 's999'],
    ] as const;
    for (const [marked, label] of marks) {
      const times = [1, 2, 3].map(() => {
        const began = performance.now();
        expect(at(marked)).toContain(label);
        return performance.now() - began;
      });
      // The fastest: the machine may be busy with something else.
      expect(Math.min(...times)).toBeLessThan(100);
    }
  });

  it('completes names of the server', () => {
    expect(at(`${STEP}    command: con|`, { command: ['convertToJson', 'render'] })).toEqual([
      'convertToJson',
      'render',
    ]);
  });

  it('inserts the colon after a key, once', () => {
    const apply = (text: string, offset: number) => completionsAt(text, offset, schema)?.options[0]?.apply;
    expect(apply('na', 2)).toMatch(/: $/);
    expect(apply('na: a', 2)).not.toMatch(/:/);
  });

  it('completes nothing in comments and texts', () => {
    expect(at(`${STEP}    # a comm|`)).toEqual([]);
    expect(at('name: a\ndescription: some wo|')).toEqual([]);
    expect(at('name: a\ngoal_template: |2\n  some\n'.replace('|', '>').replace('some\n', 'some\n  |'))).toEqual([]);
  });

  it('replaces the word that is typed', () => {
    expect(completionsAt('name: a\non', 10, schema)?.from).toBe(8);
    expect(completionsAt('steps:\n  - id', 13, schema)?.from).toBe(11);
  });
});

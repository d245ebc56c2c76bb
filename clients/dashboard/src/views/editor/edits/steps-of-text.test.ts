import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { lineOfStep, stepAtLine, stepsOfText } from './steps-of-text.ts';

const TEXT = `name: two
steps:
  - id: first
    kind: sleep

  # The second.
  - id: second
    kind: sleep
outputs: {}
`;

describe('the steps of a text', () => {
  it('are found by the line of the cursor', () => {
    const at = (line: number) => stepAtLine(line, TEXT, [])?.key;
    expect([1, 2, 3, 4, 7, 8].map(at)).toEqual([undefined, undefined, 'first', 'first', 'second', 'second']);
  });

  it('end where another key of the document begins', () => {
    expect(stepAtLine(9, TEXT, [])).toBeUndefined();
    expect(stepAtLine(9, TEXT.replace('outputs: {}\n', ''), [])?.key).toBe('second');
  });

  it('are found by what the server found, where the text is no block', () => {
    const json = '{"steps": [\n{"id": "a"},\n{"id": "b"}]}';
    const known = [
      { key: 'a', line: 2 },
      { key: 'b', line: 3 },
      { key: 'c', line: null },
    ];
    expect([1, 2, 3].map((line) => stepAtLine(line, json, known)?.key)).toEqual([undefined, 'a', 'b']);
    expect(lineOfStep(json, 'b', known)).toBe(3);
  });

  it.each([
    ['steps:\n- id: a\n  kind: x\n- id: b\n', ['a', 'b']],
    ['steps: # all\n\n  # one\n  -   kind: x\n      id: a\n  - { kind: x, id: b }\n  - {"id": "c"}\n', ['a', 'b', 'c']],
    ['steps:\r\n  - id: a\r\n  - id: b\r\n', ['a', 'b']],
    [
      'steps:\n  - id: a\n    code: |\n      - id: no\n\n      steps:\n  - input: { id: no }\n    id: "b"\nother:\n  - id: no\n',
      ['a', 'b'],
    ],
    ['steps:\n  - kind: x\n  - id: b', [undefined, 'b']],
    ['steps: [{ id: a }]\n', undefined],
    ['steps:\n  [{ id: a }]\n', undefined],
    ['name: a\n', undefined],
  ])('are found by the indentation of %j', (text, keys) => {
    const places = stepsOfText(text);
    expect(places?.map(({ key }) => key)).toEqual(keys);
    for (const { key, from, to } of places ?? []) {
      const [step] = parse(text.slice(from, to));
      expect(step.id).toBe(key);
    }
  });

  it('have the lines of their first keys', () => {
    expect(lineOfStep(TEXT, 'second', [])).toBe(7);
    expect(lineOfStep(TEXT, 'third', [])).toBeUndefined();
  });
});

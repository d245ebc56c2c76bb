import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileTemplate } from './shell-template.ts';

/** Output of bash for the template when its placeholder has this value. */
function outputOf(template: string, value: string): string {
  const { text, variables } = compileTemplate(template);
  const env = Object.fromEntries([...variables.keys()].map((name) => [name, value]));
  return execFileSync('/bin/bash', ['-c', text], { env: { PATH: '/usr/bin:/bin', ...env }, stdio: 'pipe' }).toString();
}

/** Concatenated, so that it is not mistaken for a template string. */
const V = '$'.concat('{SIGNALBOX_VALUE');

const HOSTILE = [
  '$(echo run)',
  '`echo run`',
  '; echo run',
  '" ; echo run; "',
  "' ; echo run; '",
  '* ? [a-z] ~ {1..3}',
  '\\',
  '-n\n\ttwo  blanks ',
  `{{ role }} ${'$'}{HOME} $1 #`,
];

describe('compileTemplate', () => {
  it.each([
    ['bare', 'printf %s {{ goal }}'],
    ['in double quotes', 'printf %s "{{ goal }}"'],
    ['in single quotes', "printf %s '{{ goal }}'"],
    ["in $'…'", "printf %s $'{{ goal }}'"],
    ['in a command within double quotes', 'printf %s "$(printf %s {{ goal }}; printf x)" | head -c -1'],
    ['in double quotes within a command within them', 'printf %s "$(printf %s "{{ goal }}"; printf x)" | head -c -1'],
    ['in backticks', 'a=`printf %s {{ goal }}; printf x`; printf %s "$a" | head -c -1'],
    ['in a subshell', '(printf %s {{ goal }})'],
    ['after a quote in a comment', "# don't\nprintf %s {{ goal }}"],
    ['after a number sign that is no comment', 'a=$#; printf %s {{ goal }}'],
    ['after an escaped quote', 'printf %s \\"{{ goal }} | tail -c +2'],
    ['twice in a word', 'a=$SIGNALBOX_VALUE_1; printf %s {{ goal }}{{ goal }} | tail -c $(printf %s "$a" | wc -c)'],
  ])('makes one word of a placeholder %s, whatever its value', (_, template) => {
    for (const value of HOSTILE) expect(outputOf(`LC_ALL=C; ${template}`, value)).toBe(value);
  });

  it('never lets a value become a command, whatever quotes surround it', () => {
    const part = fc.constantFrom(
      "'",
      '"',
      '`',
      '$(',
      ')',
      '(',
      '\\',
      ' ',
      '\n',
      '#',
      '{{ goal }}',
      'a',
      "$'",
      ';',
      '$',
    );
    const value = '$(touch run)`touch run`\n;touch run;"$(touch run)"\'\ntouch run\n';
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const { text } = compileTemplate(`: ${parts.join('')}`);
        // The shell may find the text at fault; it must not start what the value holds.
        const env = { PATH: '/nowhere', SIGNALBOX_VALUE_1: value };
        const shell = spawnSync('/bin/bash', ['-c', `touch() { echo RUN >&2; }\n${text}`], { env });
        expect(shell.stderr.toString()).not.toMatch(/^RUN$/m);
      }),
      { numRuns: 150 },
    );
  });

  it('reuses the variable of a placeholder, and accepts paths into the context', () => {
    const { text, variables } = compileTemplate('{{goal}} {{ context.a-b.0 }} {{ goal }} {{ not a placeholder }}');
    expect(text).toBe(`"${V}_1}" "${V}_2}" "${V}_1}" {{ not a placeholder }}`);
    expect([...variables]).toEqual([
      ['SIGNALBOX_VALUE_1', 'goal'],
      ['SIGNALBOX_VALUE_2', 'context.a-b.0'],
    ]);
  });

  it('rejects placeholders together with a here-document, and accepts here-strings and plain here-documents', () => {
    expect(() => compileTemplate('cat <<END\n{{ goal }}\nEND')).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
    expect(compileTemplate('cat <<< {{ goal }}').text).toBe(`cat <<< "${V}_1}"`);
    expect(compileTemplate('cat <<END\n$SIGNALBOX_GOAL\nEND').text).toContain('$SIGNALBOX_GOAL');
  });
});

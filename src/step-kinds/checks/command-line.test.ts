import { describe, expect, it } from 'vitest';
import { parseCommandLine } from './command-line.ts';

const parse = (command: string) => {
  const { command: _, ...request } = parseCommandLine(command, 0);
  return request;
};

describe('parseCommandLine', () => {
  it.each([
    ['ruff .', { tool: 'ruff', check: 'ruff', args: [] }],
    ['ruff check .', { tool: 'ruff', check: 'ruff', args: [] }],
    ['mypy .', { tool: 'mypy', check: 'mypy', args: ['.'] }],
    ['pytest -q', { tool: 'pytest', check: 'pytest', args: ['-q'] }],
    ['  python3 -m pytest  -x ', { tool: 'pytest', check: 'pytest', args: ['-x'] }],
    ['python -m compileall .', { tool: 'compile', check: 'compile', args: [] }],
    ['node --test', { tool: 'node_test', check: 'node_test', args: [] }],
    ['unittest', { tool: 'unittest', check: 'unittest', args: [] }],
    [`pytest -k 'a and (b or "c")'`, { tool: 'pytest', check: 'pytest', args: ['-k', 'a and (b or "c")'] }],
    ['pytest --tb="no" ""', { tool: 'pytest', check: 'pytest', args: ['--tb=no', ''] }],
    ['black --check .', { tool: 'black', args: ['--check', '.'] }],
    ['./test.sh', { tool: './test.sh', args: [] }],
  ])('reads %j', (command, request) => {
    expect(parse(command)).toEqual(request);
  });

  it.each([
    ['ruff . && rm -rf /', /contains "&", but no shell runs it\. Write one program/],
    ['pytest | tee x', /contains "\|"/],
    ['pytest $(id)', /contains "\$"/],
    ['pytest "$HOME"', /contains "\$"/],
    ['pytest\nmypy .', /contains "\\n"/],
    ['pytest a\0', /contains "\\u0000"/],
    ['pytest *.py', /contains "\*"/],
    [`pytest -k 'a`, /has an unclosed quote\. Close it/],
    ['CI=1 pytest', /sets a variable\. Begin with the program/],
    ['ruff check --select ALL .', /has arguments, but ruff always checks all files with its default rules/],
    ['python -m', /names no program/],
    ['""', /names no program/],
  ])('refuses %j', (command, message) => {
    expect(() => parseCommandLine(command, 2)).toThrow(
      expect.objectContaining({
        code: 'BAD_INPUT',
        path: ['commands', '2'],
        message: expect.stringMatching(message),
      }),
    );
  });
});

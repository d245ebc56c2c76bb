import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pythonRequest } from '../../../test/support/runtime/python-contract.ts';
import { pythonArguments } from './python-arguments.ts';

const bytes = new Uint8Array();

describe('pythonArguments', () => {
  it('passes a file, code or a module, followed by the arguments', () => {
    const args = ['-x', '--', 'a b'];
    const files = [{ path: 'a/b.py', bytes }];
    expect(pythonArguments(pythonRequest({ entrypoint: 'a/b.py', files, args }))).toEqual(['/work/a/b.py', ...args]);
    expect(pythonArguments(pythonRequest({ code: 'pass', args }))).toEqual(['-c', 'pass', ...args]);
    expect(pythonArguments(pythonRequest({ entrypoint: '-m unittest.mock', args }))).toEqual([
      '-m',
      'unittest.mock',
      ...args,
    ]);
  });

  it.each([
    ['an option as entrypoint', { entrypoint: '-i' }],
    ['words after a module', { entrypoint: '-m a b' }],
    ['a missing file', { entrypoint: 'a.py' }],
    [
      'the same file twice',
      {
        code: '',
        files: [
          { path: 'a', bytes },
          { path: 'a', bytes },
        ],
      },
    ],
    [
      'a file that is a folder as well',
      {
        code: '',
        files: [
          { path: 'a/b', bytes },
          { path: 'a', bytes },
        ],
      },
    ],
    ['an argument with NUL', { code: '', args: ['a\0b'] }],
  ])('rejects %s', (_, changes) => {
    expect(() => pythonArguments(pythonRequest(changes))).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
  });

  it('accepts no file outside its folder', () => {
    const part = fc.oneof(fc.constantFrom('..', '.', '', 'a', '\0', '...', 'b.py', '/'), fc.string());
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const path = parts.join('/');
        try {
          pythonArguments(pythonRequest({ code: '', files: [{ path, bytes }] }));
        } catch {
          return;
        }
        expect(resolve('/work', path)).toBe(`/work/${path}`);
      }),
    );
  });
});

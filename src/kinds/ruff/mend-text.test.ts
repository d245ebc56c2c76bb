import { describe, expect, it } from 'vitest';
import { run } from './ruff-task.ts';

const mended = (text: string) => run({ files: [{ path: 'a/b.py', text }], mend: true });

describe('ruff', () => {
  it('mends imports and formats', () => {
    const { files, findings } = mended('import os\nimport sys, json\ndef f( x ):\n  return json.dumps(x)+f"!"\n');
    expect(files[0]?.text).toBe('import json\n\n\ndef f(x):\n    return json.dumps(x) + "!"\n');
    expect(findings).toEqual([]);
  });

  it('does not mend what changes the meaning, and says where it is', () => {
    const { files, findings } = mended('def f():\n    x = g()\n');
    expect(files[0]?.text).toBe('def f():\n    x = g()\n');
    expect(findings).toMatchObject([
      { path: 'a/b.py', line: 2, column: 5, code: 'F841' },
      { path: 'a/b.py', line: 2, column: 9, code: 'F821' },
    ]);
  });

  it('leaves what is no Python as it is', () => {
    const { files, findings } = mended('def f(:\n');
    expect(files[0]?.text).toBe('def f(:\n');
    expect(findings[0]).toMatchObject({ line: 1, code: 'invalid-syntax' });
  });

  it('counts columns as editors do, beyond letters of two units', () => {
    const { findings } = run({ files: [{ path: 'a.py', text: 'x = "\u{1f682}"; y = z\n' }], mend: false });
    expect(findings).toContainEqual(expect.objectContaining({ code: 'F821', column: 15 }));
  });
});

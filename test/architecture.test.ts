import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root })
  .toString()
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));
const code = tracked.filter((file) => /\.(ts|tsx|mjs)$/.test(file) && !file.includes('/generated/'));
const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Floor of each folder of src/, and which folders of the same floor it may not see (all of them, sideways). */
const FLOORS: Record<string, number> = {
  core: 0,
  config: 0.5,
  audit: 0.5,
  resources: 1,
  policy: 1,
  store: 1,
  auth: 1,
  telemetry: 1,
  commands: 2,
  queries: 2,
  workflow: 2,
  agents: 2,
  tools: 2,
  kinds: 2,
  runtime: 3,
  engine: 4,
  graphql: 5,
  http: 5,
  mcp: 5,
  'workshop.ts': 5.5,
  doctor: 5.5,
  'app.ts': 6,
  'cli.ts': 7,
  'main.mjs': 8,
};

/** They hand the environment on. */
const ENTRIES = ['src/main.mjs', 'src/cli/main.ts'];

/** What can be checked, drawn at random and done again anywhere. */
const PURE = ['src/audit/', 'src/workflow/', 'src/engine/machine/'];
/** JSON as the output of a step; the rest of that file reads artifacts, and the machine does not call it. */
const PURE_BESIDE = ['src/engine/outputs/output-json.ts'];
const IMPURE = /Date\.now\(|new Date\(\)|Math\.random|set(Timeout|Interval)\(|process\.|from 'node:(?!crypto)[^']+'/;

const roomOf = (file: string) => file.split('/')[1] ?? '';

function importsOf(file: string): string[] {
  const found = read(file).matchAll(
    /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+['"](\.[^'"]+)['"]|import\(\s*['"](\.[^'"]+)['"]/g,
  );
  return [...found].map((m) => normalize(join(dirname(file), (m[1] ?? m[2]) as string)));
}

describe('the house', () => {
  it('imports only from floors below, never sideways', () => {
    const wrong: string[] = [];
    for (const file of code.filter((f) => f.startsWith('src/') && !f.endsWith('.test.ts'))) {
      const room = roomOf(file);
      expect(FLOORS, `${file} stands on no floor`).toHaveProperty([room]);
      for (const target of importsOf(file)) {
        if (!target.startsWith('src/')) wrong.push(`${file} → ${target}`);
        else if (roomOf(target) !== room && (FLOORS[roomOf(target)] ?? 99) >= (FLOORS[room] ?? -1))
          wrong.push(`${file} → ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('has no import cycle', () => {
    const cycles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path: string[]) => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      else if (!done.has(file) && code.includes(file)) {
        for (const next of importsOf(file)) visit(next, [...path, file]);
        done.add(file);
      }
    };
    for (const file of code) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it('keeps every file within 500 lines', () => {
    const long = code.filter((file) => read(file).split('\n').length > 501);
    expect(long).toEqual([]);
  });

  it('keeps its pure parts pure: they know no clock, no chance and nothing outside, and import core and themselves', () => {
    const wrong: string[] = [];
    for (const file of code.filter(
      (f) => PURE.some((folder) => f.startsWith(folder)) && !/test(s|-task)?\.ts$/.test(f),
    )) {
      const [room = ''] = PURE.filter((folder) => file.startsWith(folder));
      const [impure] = IMPURE.exec(read(file)) ?? [];
      if (impure) wrong.push(`${file}: ${impure}`);
      for (const target of importsOf(file)) {
        if (!['src/core/', room, ...PURE_BESIDE].some((fine) => target.startsWith(fine)))
          wrong.push(`${file} → ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('reads process.env in config only', () => {
    const readers = code.filter(
      (f) => f.startsWith('src/') && !f.startsWith('src/config/') && !f.includes('.test') && !ENTRIES.includes(f),
    );
    expect(readers.filter((file) => read(file).includes('process.env'))).toEqual([]);
  });

  it('has exactly one copy of graphql', () => {
    const copies = execFileSync(
      'find',
      ['node_modules', '-path', '*/graphql/package.json', '-not', '-path', '*/@*/graphql/*'],
      {
        cwd: root,
      },
    )
      .toString()
      .trim()
      .split('\n');
    expect(copies).toEqual(['node_modules/graphql/package.json']);
  });

  it('links only to files that exist', () => {
    const broken: string[] = [];
    for (const file of tracked.filter((f) => f.endsWith('.md'))) {
      for (const [, target = ''] of read(file).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^(https?:|mailto:|#)/.test(target)) continue;
        const path = join(dirname(file), target.replace(/#.*$/, ''));
        if (!existsSync(join(root, path))) broken.push(`${file} → ${relative('.', path)}`);
      }
    }
    expect(broken).toEqual([]);
  });
});

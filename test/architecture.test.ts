import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root })
  .toString()
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)));
const isGenerated = (file: string) => file.includes('/generated/');
const code = tracked.filter((file) => /\.(ts|tsx|mjs)$/.test(file) && !isGenerated(file));
const isTest = (file: string) => file.endsWith('.test.ts') || /^(?:clients\/\w+\/)?test\//.test(file);
const production = code.filter((file) => file.startsWith('src/') && !isTest(file));
const sources = new Map(code.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
const read = (file: string) => sources.get(file) ?? readFileSync(join(root, file), 'utf8');

const MAX_ENTRIES = 30;
const MAX_LINES = 300;

/**
 * Layers of each folder, from the bottom up. A folder imports only from rows before its own: never upwards, never from its
 * own row. `.` stands for the files of the folder itself.
 */
const LAYERS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  src: [
    ['lib'],
    ['core'],
    ['config', 'audit', 'cap'],
    ['resources', 'policy', 'store', 'auth', 'telemetry', 'bus'],
    ['commands', 'workflow', 'agents', 'tools', 'step-kinds'],
    ['plugins'],
    ['runtime', 'cluster'],
    ['engine'],
    [
      'surfaces/graphql',
      'surfaces/http',
      'surfaces/mcp-server',
      'surfaces/safety-kernel',
      'surfaces/job-gateway',
      'worker',
    ],
    ['compose'],
    ['cli'],
    ['main.mjs'],
  ],
  'clients/cli/src': [
    ['output', 'generated'],
    ['connection'],
    ['frame'],
    ['input', 'types', 'watch'],
    ['completion'],
    ['verbs'],
    ['.'],
  ],
  'clients/dashboard/src': [['style', 'api'], ['ui'], ['shell'], ['parts'], ['views'], ['.']],
  'src/agents': [['shared'], ['mcp', 'bash', 'service'], ['llm'], ['.']],
  'src/cli': [['doctor'], ['.']],
  'src/cluster': [['peers'], ['workers'], ['.']],
  'src/commands': [['definition'], ['conversion', 'templates', 'read'], ['.']],
  'src/commands/conversion': [['json'], ['xml'], ['.']],
  'src/core': [['.'], ['accounts', 'programs', 'workflows']],
  'src/engine': [
    ['model', 'capabilities'],
    ['gate', 'outputs'],
    ['machine', 'steps', 'accounts', 'webhooks'],
    ['driver', 'agents'],
    ['jobs'],
    ['failover'],
    ['flow'],
    ['requests'],
    ['.'],
  ],
  'src/engine/requests': [['.'], ['workflows', 'triggers']],
  'src/lib': [['.'], ['jinja', 'json-schema', 'system']],
  'src/lib/jinja': [['values'], ['filters'], ['syntax'], ['.']],
  'src/plugins': [['definition'], ['adapt'], ['.']],
  'src/policy': [['globs', 'reload'], ['rules'], ['evaluation'], ['.']],
  'src/resources': [
    ['uri', 'content', 's3', 'redis'],
    ['artifacts', 'pointers'],
    ['outgoing', 'schemas'],
    ['protocols'],
    ['.'],
  ],
  'src/runtime': [['cpu', 'sandbox', 'wasi'], ['python', 'pools'], ['.']],
  'src/step-kinds': [['shared', 'files', 'http'], ['plan', 'ruff'], ['stacks'], ['codegen', 'checks'], ['.']],
  'src/store': [
    ['generated', 'rows'],
    ['connections'],
    ['search'],
    ['journal', 'tables', 'audit', 'retention', 'migrations'],
    ['sqlite', 'postgres', 'backup'],
    ['.'],
  ],
  'src/store/tables': [['.'], ['webhooks', 'accounts', 'flow']],
  'src/surfaces/graphql': [['request'], ['operations', 'subscriptions'], ['http', 'socket', 'schema'], ['.']],
  'src/surfaces/graphql/http': [['graphiql'], ['.']],
  'src/surfaces/graphql/schema': [
    ['builder'],
    ['nodes', 'policy'],
    ['errors', 'journal'],
    ['accounts', 'resources', 'steps'],
    ['runs', 'server', 'cluster'],
    ['workflows', 'events', 'agents', 'jobs', 'webhooks'],
    ['commands'],
    ['.'],
  ],
  'src/surfaces/http': [['exchange'], ['endpoints'], ['.']],
  'src/surfaces/mcp-server': [['protocol', 'bridge'], ['tools', 'resources'], ['calls'], ['exchange'], ['.']],
  'src/surfaces': [['graphql', 'http', 'mcp-server', 'safety-kernel', 'job-gateway']],
  'src/tools': [['shared'], ['git', 'python', 'drive', 'search', 'notify'], ['.']],
  'src/workflow': [['model'], ['expressions', 'schema'], ['inputs'], ['forms', 'steps'], ['checks'], ['.']],
};

/** They pass the environment on to `config/`. */
const ENTRY_POINTS = ['src/main.mjs', 'src/cli/'];

/** Deterministic parts, which simulation and property tests can run anywhere, with what each may import. */
const PURE: Readonly<Record<string, readonly string[]>> = {
  'src/audit/': ['src/core/', 'src/lib/'],
  'src/workflow/': ['src/core/', 'src/lib/'],
  'src/engine/model/': ['src/core/', 'src/lib/'],
  'src/engine/machine/': ['src/core/', 'src/lib/', 'src/engine/model/'],
};
const IMPURE = /Date\.now\(|new Date\(\)|Math\.random|set(Timeout|Interval)\(|process\.|from 'node:(?!crypto)[^']+'/;

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+['"](\.[^'"]+)['"]|import\(\s*['"](\.[^'"]+)['"]|(?:^|\n)import\s+['"](\.[^'"]+)['"]/g;

function importsOf(file: string): string[] {
  const targets = [...read(file).matchAll(IMPORT)].map((m) =>
    normalize(join(dirname(file), m[1] ?? m[2] ?? m[3] ?? '')),
  );
  // A type comment may name the file that it stands in.
  return targets.filter((target) => target !== file);
}

/** The entry of `folder` in which a file stands; `.` for the folder's own files. */
function entryOf(folder: string, file: string, rows: readonly (readonly string[])[]): string {
  const path = file.slice(folder.length + 1);
  const named = rows.flat().find((entry) => path === entry || path.startsWith(`${entry}/`));
  return named ?? (path.includes('/') ? path.slice(0, path.indexOf('/')) : '.');
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

const linesOf = (file: string) => read(file).split('\n').length - 1;

describe('the architecture', () => {
  it.each(Object.entries(LAYERS))('%s imports only from the layers below', (folder, rows) => {
    const rank = new Map(rows.flatMap((row, index) => row.map((entry) => [entry, index] as const)));
    const violations: string[] = [];
    for (const file of code.filter((path) => path.startsWith(`${folder}/`) && !isTest(path))) {
      const from = entryOf(folder, file, rows);
      if (!rank.has(from)) violations.push(`${file} is in no layer of ${folder}`);
      for (const target of importsOf(file)) {
        if (!target.startsWith(`${folder}/`)) continue;
        const to = entryOf(folder, target, rows);
        if (from !== to && !((rank.get(to) ?? Infinity) < (rank.get(from) ?? -1)))
          violations.push(`${file} → ${target}`);
      }
    }
    expect(violations).toEqual([]);
  });

  it('lists every folder with sub-folders in the layers', () => {
    const nested = production.flatMap((file) => {
      const parts = dirname(file).split('/');
      return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
    });
    // A sub-folder whose files are all on one level needs no order inside.
    expect([...new Set(nested)].filter((folder) => !(folder in LAYERS)).toSorted()).toEqual([]);
  });

  it('imports nothing into production code from outside src', () => {
    const outside = production.flatMap((file) =>
      importsOf(file)
        .filter((target) => file !== 'src/main.mjs' || !target.startsWith('clients/cli/'))
        .filter((target) => target !== 'package.json' && (!target.startsWith('src/') || isTest(target)))
        .map((target) => `${file} → ${target}`),
    );
    expect(outside).toEqual([]);
  });

  it('imports nothing of the server into clients but the offline verification', () => {
    const clients = code.filter((file) => /^clients\/\w+\/src\//.test(file) && !isTest(file));
    const fromServer = clients.flatMap((file) =>
      importsOf(file)
        .filter((target) => !target.startsWith('clients/'))
        .filter((target) => !(file.startsWith('clients/cli/') && target.startsWith('src/cli/verify')))
        .map((target) => `${file} → ${target}`),
    );
    expect(fromServer).toEqual([]);
  });

  it('has no import cycle', () => {
    const cycles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]) => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      else if (!done.has(file) && sources.has(file)) {
        for (const next of importsOf(file)) visit(next, [...path, file]);
        done.add(file);
      }
    };
    for (const file of code) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it(`keeps every file within ${MAX_LINES} lines`, () => {
    expect(code.filter((file) => linesOf(file) > MAX_LINES).map((file) => `${file}: ${linesOf(file)}`)).toEqual([]);
  });

  it('keeps the median file between 60 and 120 lines', () => {
    const lines = median(production.map(linesOf));
    expect(lines).toBeGreaterThanOrEqual(60);
    expect(lines).toBeLessThanOrEqual(120);
  });

  it(`keeps every folder within ${MAX_ENTRIES} entries`, () => {
    const folders = new Map<string, Set<string>>();
    for (const file of tracked) {
      for (let entry = file; entry !== '.'; entry = dirname(entry)) {
        const folder = dirname(entry);
        folders.set(folder, (folders.get(folder) ?? new Set()).add(entry));
      }
    }
    const full = [...folders].filter(([, entries]) => entries.size > MAX_ENTRIES);
    expect(full.map(([folder, entries]) => `${folder}: ${entries.size}`)).toEqual([]);
  });

  it('keeps its pure parts pure: no clock, no chance, nothing from outside', () => {
    const violations: string[] = [];
    for (const [folder, allowed] of Object.entries(PURE)) {
      for (const file of production.filter((path) => path.startsWith(folder))) {
        const [impure] = IMPURE.exec(read(file)) ?? [];
        if (impure) violations.push(`${file}: ${impure}`);
        for (const target of importsOf(file)) {
          if (![folder, ...allowed].some((prefix) => target.startsWith(prefix))) violations.push(`${file} → ${target}`);
        }
      }
    }
    expect(violations).toEqual([]);
  });

  it('reads process.env in config only', () => {
    const readers = production.filter(
      (file) => !['src/config/', ...ENTRY_POINTS].some((path) => file.startsWith(path)),
    );
    expect(readers.filter((file) => read(file).includes('process.env'))).toEqual([]);
  });

  it('has exactly one copy of graphql', () => {
    const copies = execFileSync(
      'find',
      ['node_modules', '-path', '*/graphql/package.json', '-not', '-path', '*/@*/graphql/*'],
      { cwd: root },
    );
    expect(copies.toString().trim().split('\n')).toEqual(['node_modules/graphql/package.json']);
  });

  it('describes every table in docs/internals/data-model.md', () => {
    const tables = [...read('prisma/schema.prisma').matchAll(/@@map\("(\w+)"\)/g)].map(([, table = '']) => table);
    expect(tables.length).toBeGreaterThan(10);
    const page = read('docs/internals/data-model.md');
    expect(tables.filter((table) => !page.includes(`| \`${table}\` |`))).toEqual([]);
  });

  it('links only to files that exist', () => {
    const broken: string[] = [];
    for (const file of tracked.filter((path) => path.endsWith('.md'))) {
      for (const [, target = ''] of read(file).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^(https?:|mailto:|#)/.test(target)) continue;
        const path = join(dirname(file), target.replace(/#.*$/, ''));
        if (!existsSync(join(root, path))) broken.push(`${file} → ${relative('.', path)}`);
      }
    }
    expect(broken).toEqual([]);
  });
});

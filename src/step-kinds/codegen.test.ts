import { stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { parse } from 'graphql';
import { Check } from 'typebox/value';
import { afterEach, describe, expect, it } from 'vitest';
import { createTestOutgoing } from '../../test/support/agents/agent.ts';
import { startFakeOpenai } from '../../test/support/agents/openai.ts';
import { createTestStepSession, type TestStepSession } from '../../test/support/step-kinds/step-session.ts';
import { createLanguageModel } from '../agents/llm/language-model.ts';
import { Fault } from '../core/errors.ts';
import type { FilesDiff } from './codegen/diff-files.ts';
import { codegen } from './codegen.ts';
import type { FileRef } from './files/file-ref.ts';
import type { ServicePlan } from './plan/plan-schema.ts';
import { plan } from './plan.ts';
import { runRuff } from './ruff/run-ruff.ts';

const stacksDir = fileURLToPath(new URL('../../examples/stacks', import.meta.url));
const STACKS = ['fastapi-sqlalchemy', 'node-yoga', 'python-stdlib'];
const MARK = 'INJECTED';

interface Result {
  readonly stack: string;
  readonly files: readonly Required<FileRef>[];
  readonly diff: FilesDiff;
}

const kind = codegen({ stacksDir });

/** Validates the input and runs the step, like the engine. */
async function run(
  input: Parameters<typeof kind.run>[0],
  session: TestStepSession,
  more: object = {},
): Promise<Result> {
  if (!Check(kind.input, input)) throw new Fault('BAD_INPUT', 'The input does not fit the schema.');
  return (await codegen({ stacksDir, ...more }).run(input, session)) as unknown as Result;
}

const planOf = async (input: object = {}) =>
  (await plan({ stacksDir }).run(
    { goal: 'Listings', resource: 'Listing', ...input },
    createTestStepSession(),
  )) as unknown as ServicePlan;

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

/** A model that answers with these files, behind a real server. */
async function modelWithAnswer(files: readonly { readonly path: string; readonly content: string }[]) {
  const server = await startFakeOpenai([{ text: [JSON.stringify({ files })] }]);
  const out = createTestOutgoing(server.endpoint);
  open.push(out.outgoing, server);
  return { server, model: createLanguageModel({ ...out, apiBase: server.url, model: 'own', backoffMs: 10 }) };
}

/** Problems of the files: invalid code, and text that escaped from its literals. */
function problemsOf(files: ReadonlyMap<string, string>): readonly string[] {
  const python = [...files].filter(([path]) => path.endsWith('.py')).map(([path, text]) => ({ path, text }));
  const problems = runRuff({ files: python, fix: false }).findings.map(({ path, message }) => `${path}: ${message}`);
  for (const [path, text] of files) {
    if (path.endsWith('.ts')) stripTypeScriptTypes(text);
    if (path.endsWith('.graphql')) parse(text);
    if (path.endsWith('.json')) JSON.parse(text);
    if (!path.endsWith('.md') && text.replaceAll(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, '').includes(MARK))
      problems.push(`${path} has ${MARK}`);
  }
  return problems;
}

describe('codegen', () => {
  it.each(STACKS)('generates every file of the plan with %s as an artifact, without lint findings', async (stack) => {
    const session = createTestStepSession();
    const servicePlan = await planOf({ stack });
    const { files, diff } = await run({ plan: servicePlan }, session);
    expect(files.map(({ path }) => path)).toEqual(servicePlan.files);
    expect(diff.added).toEqual(servicePlan.files);
    expect(files[0]).toEqual({
      path: 'README.md',
      uri: expect.stringMatching(/^artifact:sha256\/[0-9a-f]{64}$/),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      size: Buffer.byteLength(session.artifacts.get('README.md') ?? ''),
      media_type: 'text/markdown',
    });
    expect(problemsOf(session.artifacts)).toEqual([]);
    for (const text of session.artifacts.values()) expect(text).not.toMatch(/\{[{%]|[ \t]$|\n\n\n\n/m);
  });

  it('generates the same files for the same plan, and reports what another plan changes', async () => {
    const session = createTestStepSession();
    const first = await run({ plan: await planOf() }, session);
    const again = await run({ plan: await planOf(), previous: [...first.files] }, session);
    expect(again).toEqual({ ...first, diff: { added: [], changed: [], removed: [], summary: [] } });

    const more = await run(
      { plan: await planOf({ requirements: ['beds: integer'] }), previous: [...first.files] },
      session,
    );
    expect(more.diff.added).toEqual([]);
    expect(more.diff.changed).toContain('listing_service/model.py');
    expect(more.diff.summary).toContainEqual({ path: 'listing_service/validation.py', plus: 1, minus: 0 });
  });

  it('lists findings of research in the README as plain text', async () => {
    const session = createTestStepSession();
    const findings = [
      { title: 'A [page](javascript:1) <b>', url: 'https://example.com/a' },
      { title: 'Bad', url: 'javascript:alert(1)' },
      { title: 'Worse', url: 'https://example.com/> <script>' },
    ];
    await run({ plan: await planOf(), findings }, session);
    const readme = session.artifacts.get('README.md') ?? '';
    expect(readme).toContain('- A page (javascript:1) b: <https://example.com/a>\n');
    expect(readme).not.toMatch(/Bad|Worse/);
  });

  it('lists what search tools returned', async () => {
    const session = createTestStepSession();
    const findings = [
      { source: 'offline index', results: [{ title: 'A page', url: 'https://example.com/a' }] },
      { source: 'local folder', files: [{ id: 'a/b', name: 'Notes.txt' }] },
      { findings: [{ title: 'Found', url: 'https://example.com/b' }], sources: [], gaps: [] },
      null,
      'text',
    ];
    await run({ plan: await planOf(), findings }, session);
    expect(session.artifacts.get('README.md')).toContain(
      '## Sources\n\n- A page: <https://example.com/a>\n- Notes.txt: <drive:a%2Fb>\n- Found: <https://example.com/b>\n\n',
    );
  });

  it('finds a stack by a description, and the files of each deliverable', async () => {
    const stack = 'FastAPI + SQLAlchemy + Postgres';
    const deliverables = ['api', 'Models', 'migration', 'tests/', 'README', 'listing_service', 'pyproject.toml'];
    const result = await run({ plan: await planOf(), stack, deliverables }, createTestStepSession());
    const inPackage = (...names: string[]) => names.map((name) => `listing_service/${name}.py`);
    expect(result).toMatchObject({
      stack: 'fastapi-sqlalchemy',
      deliverables: [
        { name: 'api', files: inPackage('app', 'routes', 'schemas') },
        { name: 'Models', files: inPackage('database', 'models') },
        { name: 'migration', files: ['migrations/0001_create_listings.sql'] },
        { name: 'tests/', files: ['tests/conftest.py', 'tests/test_listings.py'] },
        { name: 'README', files: ['README.md'] },
        { name: 'listing_service', files: inPackage('__init__', 'app', 'database', 'models', 'routes', 'schemas') },
        { name: 'pyproject.toml', files: ['pyproject.toml'] },
      ],
    });
  });

  it.each([
    [
      { deliverables: ['Dockerfile'] },
      'BAD_INPUT',
      /does not generate "Dockerfile"\. It generates api, models, tests and/,
    ],
    [{ deliverables: ['s'] }, 'BAD_INPUT', /does not generate "s"/],
    [{ stack: 'Ruby on Rails' }, 'NOT_FOUND', /There is no stack "Ruby on Rails"\. Choose from: fastapi-sqlalchemy, /],
  ])('refuses %j', async (more, code, message) => {
    const result = run({ plan: await planOf(), ...more }, createTestStepSession());
    await expect(result).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('never lets a text of the plan become code', async () => {
    const text = fc
      .array(
        fc.constantFrom(
          '"',
          "'",
          '"""',
          '\\',
          '\n',
          '\r',
          '\0',
          '\u2028',
          '`',
          '$' + '{x}',
          '{{x}}',
          '{%',
          '#}',
          '*/',
          '\ud800',
          MARK,
        ),
        {
          maxLength: 12,
        },
      )
      .map((parts) => [MARK, ...parts, `\n${MARK}()`].join(''));
    const base = Object.fromEntries(
      await Promise.all(STACKS.map(async (stack) => [stack, await planOf({ stack })] as const)),
    );
    await fc.assert(
      fc.asyncProperty(text, text, fc.constantFrom(...STACKS), async (one, other, stack) => {
        const servicePlan = base[stack] as ServicePlan;
        const fields = servicePlan.entity.fields.map((field) => ({ ...field, description: one }));
        const entity = { ...servicePlan.entity, description: other, fields };
        const session = createTestStepSession();
        await run({ plan: { ...servicePlan, title: one, goal: other, requirements: [one], entity } }, session);
        expect(problemsOf(session.artifacts)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  it('rejects names that could become code, or generates valid code', async () => {
    const base = await planOf();
    const name = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom(
        'class',
        'id',
        'str',
        'x',
        'x"; y',
        'self',
        'then',
        'date',
        'items',
        'store',
        'data',
        'None',
        'a b',
        'z_9',
      ),
    );
    await fc.assert(
      fc.asyncProperty(name, name, fc.constantFrom(...STACKS), async (field, choice, stack) => {
        const fields: ServicePlan['entity']['fields'] = [
          { name: field, type: 'string', required: true },
          { name: 'kind', type: 'choice', required: false, choices: [choice] },
        ];
        const session = createTestStepSession();
        try {
          await run({ plan: { ...base, stack, entity: { ...base.entity, fields } } }, session);
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
          expect(error).toMatchObject({ code: 'BAD_INPUT' });
          return;
        }
        expect(problemsOf(session.artifacts)).toEqual([]);
        expect(field).toMatch(/^[a-z][a-z0-9_]*$/);
      }),
      { numRuns: 30 },
    );
  });

  describe('with a model', () => {
    const path = 'listing_service/__init__.py';

    it('accepts whole files from it, and formats them', async () => {
      const { model } = await modelWithAnswer([{ path, content: '"""New."""\nimport os\nX=1\n' }]);
      const session = createTestStepSession();
      const { files } = await run({ plan: await planOf() }, session, { model });
      expect(session.artifacts.get(path)).toBe('"""New."""\n\nX = 1\n');
      expect(files).toHaveLength(16);
    });

    it('rejects files that are not in the plan', async () => {
      const { model } = await modelWithAnswer([{ path: '../../etc/passwd', content: '' }]);
      const session = createTestStepSession();
      const { files } = await run({ plan: await planOf() }, session, { model });
      expect(files.map(({ path: one }) => one)).toEqual((await planOf()).files);
      expect(session.logged).toContainEqual(expect.stringMatching(/^WARN .*not in the plan/));
    });

    it('sends it the problems and the files in a repair', async () => {
      const { model, server } = await modelWithAnswer([]);
      const session = createTestStepSession();
      const uri = session.addResource('"""Mine."""\n');
      const problems = [
        {
          code: 'BAD_INPUT',
          message: 'The files do not pass unittest.',
          details: {
            files: [{ path, uri }],
            checks: [
              { tool: 'ruff', status: 'passed', diagnostics: [], output: '' },
              {
                tool: 'unittest',
                status: 'failed',
                diagnostics: [{ path: 'tests/test_app.py', line: 3, message: 'No.' }],
                output: 'FAILED',
              },
            ],
          },
        },
      ];
      const { diff } = await run({ plan: await planOf(), problems }, session, { model });
      const [{ body } = { body: {} }] = server.requests;
      const material = JSON.parse((body as unknown as { messages: { content: string }[] }).messages[1]?.content ?? '');
      expect(material.problems).toEqual(['tests/test_app.py:3: No.', 'unittest printed:\nFAILED']);
      expect(material.files.find((file: { path: string }) => file.path === path).text).toBe('"""Mine."""\n');
      expect([session.artifacts.get(path), diff.changed]).toEqual(['"""Mine."""\n', []]);
    });
  });
});

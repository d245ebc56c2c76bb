import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cpu, CpuPool } from '../../core/cpu-pool.ts';
import { Fault } from '../../core/errors.ts';
import type { Json } from '../../lib/json.ts';
import { createCpuPool } from '../../runtime/cpu/cpu-pool.ts';
import type { ExpressionScope } from '../model/expression-scope.ts';
import { evaluate, evaluateCondition, evaluateExpression } from './evaluate.ts';
import { runExpression } from './expression-engine.ts';
import { lexExpression } from './lex-expression.ts';
import { plainPath, valueAtPath } from './plain-path.ts';
import { escapeTemplate } from './template.ts';

const scope: ExpressionScope = {
  inputs: { source: 'file:///data/a.csv', count: 3, list: [1, 2, 3], empty: [] },
  steps: {
    rows: {
      output: {
        rows: [
          { name: 'Tea', price: 2.5 },
          { name: 'Jam', price: 4 },
        ],
      },
      resource: { uri: 'artifact:sha256/00', media_type: 'application/json', size: 9 },
      state: 'SUCCEEDED',
      error: null,
    },
    'get-it': { output: null, resource: null, state: 'FAILED', error: { code: 'TIMEOUT', message: 'Too late.' } },
  },
  run: { id: 'run_1', labels: { team: 'tea' } },
  item: { name: 'one' },
  index: 0,
};

const fault = (value: Json, values: ExpressionScope = scope) => {
  try {
    return `gave ${JSON.stringify(evaluate(value, values))}`;
  } catch (error) {
    return error instanceof Fault ? `${error.code}: ${error.message}` : String(error);
  }
};

describe('evaluate', () => {
  it('keeps the type of a string that is exactly one expression, and joins the rest as text', () => {
    const value = {
      uri: '{{ source }}',
      rows: ['{{ steps.rows.output.rows }}', '{{count}}'],
      many: '{{ steps.rows.output.rows | length > 1 }}',
      text: 'n={{ count }} {{ item }} [{{ steps["get-it"].output }}] {{ list }}',
      plain: 7,
    };
    expect(evaluate(value, scope)).toEqual({
      uri: 'file:///data/a.csv',
      rows: [
        [
          { name: 'Tea', price: 2.5 },
          { name: 'Jam', price: 4 },
        ],
        3,
      ],
      many: true,
      text: 'n=3 {"name":"one"} [] [1,2,3]',
      plain: 7,
    });
  });

  it('sees steps, the run and the item', () => {
    const value = [
      '{{ steps["get-it"].error.code }}',
      '{{ steps.rows.error }}',
      '{{ run.labels.team }}',
      '{{ index + 1 }}',
    ];
    expect(evaluate(value, scope)).toEqual(['TIMEOUT', null, 'tea', 1]);
    expect(evaluate('{{ steps.rows.resource.uri }}', scope)).toBe('artifact:sha256/00');
  });

  it('does not evaluate the result of an expression again', () => {
    expect(evaluate('{{ source }}', { ...scope, inputs: { source: '{{ count }}' } })).toBe('{{ count }}');
  });

  it('does arithmetic, conditions and filters', () => {
    expect(evaluate('{{ steps.rows.output.rows | map(attribute="price") | sum }}', scope)).toBe(6.5);
    expect(evaluate('{{ "many" if count > 2 else "few" }}', scope)).toBe('many');
    expect(evaluate('{{ 7 // 2 }}', scope)).toBe(3);
    expect(evaluate('{{ nope | default("x") }}', scope)).toBe('x');
    expect(evaluate('{{ {"a": {"b": "}}"}} }}', scope)).toEqual({ a: { b: '}}' } });
  });

  it.each([
    ['an undefined name', '{{ nope }}', /BAD_INPUT: \{\{ nope \}\} is not defined/],
    ['an undefined member', '{{ steps.rows.output.nope }}', /nope \}\} is not defined/],
    ['a member of null', '{{ steps["get-it"].output.rows }}', /is not defined/],
    ['an inherited member', '{{ item.constructor }}', /is not defined/],
    ['an inherited member, deeper', '{{ item.__proto__.toString }}', /undefined/],
    ['an open brace', 'a {{ source', /never closed/],
    ['half an expression', '{{ count + }}', /\{\{ count \+ \}\} cannot be evaluated: syntax error/],
    ['nothing', '{{ }}', /it is empty/],
    ['a bracket that closes the template around it', '{{ 1) }}{% for x in [1] %}{{ (1 }}', /closes nothing/],
    ['a filter that does not exist', '{{ source | shout }}', /unknown filter/],
    ['trimming', '{{- source }}', /does not trim/],
    ['depth', `{{ ${'['.repeat(1_000)}${']'.repeat(1_000)} }}`, /BAD_INPUT/],
    ['length', `{{ ${'1 + '.repeat(2_000)} 1 }}`, /longer than 4096/],
    ['memory', '{{ "x" * 1000000000 }}', /RESOURCE_TOO_LARGE: .*64 MiB/],
    ['a range without end', '{{ range(1000000000) }}', /BAD_INPUT/],
  ])('rejects %s', (_, text, message) => {
    expect(fault(text)).toMatch(message);
    expect(evaluate('{{ count + 1 }}', scope)).toBe(4);
  });

  it.each([
    ['a text', (times: number) => '{{ big }} '.repeat(times)],
    ['a list', (times: number) => Array.from({ length: times }, (_, i) => `{{ big${' '.repeat(i % 3)} }}`)],
    ['an object', (times: number) => ({ a: '{{ rows }}', b: Array(times - 1).fill('{{ [rows] }}') })],
  ])('limits what the expressions of %s make together', (_, template) => {
    const values = { ...scope, inputs: { big: 'x'.repeat(2 ** 20), rows: [{ text: 'x'.repeat(2 ** 20) }] } };
    expect(JSON.stringify(evaluate(template(50), values)).length).toBeGreaterThan(50 * 2 ** 20);
    expect(fault(template(100), values)).toMatch(/^RESOURCE_TOO_LARGE: .*more than 67108864 characters together/);
  });

  it('works after more expressions than it keeps compiled', () => {
    for (let i = 0; i < 2_500; i += 1) expect(evaluate(`{{ count + ${i} }}`, scope)).toBe(3 + i);
    expect(evaluate('{{ count + 0 }}', scope)).toBe(3);
  });
});

const name = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'toString', 'length', 'a', 'b', 'items', 'none'),
  fc.string({ unit: 'grapheme-composite', maxLength: 4 }),
);
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'grapheme', maxLength: 8 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs)),
  ),
})).value;
const same = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

describe('any JSON value', () => {
  it('passes through the engine unchanged', () => {
    fc.assert(
      fc.property(json, (value) => {
        const values = { ...scope, inputs: { value } };
        expect(same(evaluate('{{ value }}', values))).toEqual(same(value));
        expect(same(runExpression('value', { value }))).toEqual(same(value));
        expect(same(evaluate('{{ [value] | first }}', values))).toEqual(same(value));
      }),
    );
  });

  it('stays the same when its braces are escaped', () => {
    const braces = fc
      .array(fc.constantFrom('{{', '}}', '{', '}', '"', "'", ' a ', '\\', '{%'), { maxLength: 8 })
      .map((p) => p.join(''));
    fc.assert(
      fc.property(braces, (text) => {
        expect(evaluate(escapeTemplate(text), scope)).toBe(text);
      }),
    );
  });

  it('has at a path the value that the engine finds there', () => {
    const step = fc.oneof(
      fc.constantFrom(
        '.a',
        '.b',
        '.length',
        '.__proto__',
        '.constructor',
        '["a"]',
        "['']",
        '[0]',
        '[1]',
        '["0"]',
        '["a b"]',
      ),
      name.map((key) => `[${JSON.stringify(key)}]`),
    );
    fc.assert(
      fc.property(json, fc.array(step, { maxLength: 4 }), (value, steps) => {
        const source = `value${steps.join('')}`;
        const path = plainPath(lexExpression(source).tokens);
        if (path === undefined) throw new Error(`${source} is a plain path`);
        const valueThere = valueAtPath({ value }, path);
        // A missing value is left to the engine, which reports why.
        if (valueThere !== undefined) expect(same(runExpression(source, { value }))).toEqual(same(valueThere));
      }),
      { numRuns: 300 },
    );
  });

  it('is not changed by its evaluation', () => {
    fc.assert(
      fc.property(json, (value) => {
        const before = JSON.stringify(value);
        try {
          evaluate(value, scope);
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
        }
        expect(JSON.stringify(value)).toBe(before);
      }),
    );
  });

  it('throws nothing but a Fault, whatever the text', () => {
    const piece = fc.constantFrom(
      '{{',
      '}}',
      ' ',
      '"',
      "'",
      '(',
      ')',
      '[',
      ']',
      '.',
      '|',
      'a',
      'steps',
      '1',
      '-',
      '%}',
      '{%',
      '\\',
      'é',
      '=',
      ':',
      ',',
      'if',
      'is',
      'not',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        expect(fault(`{{ ${pieces.join('')} }}`)).toMatch(/^(gave|BAD_INPUT|RESOURCE_TOO_LARGE)/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('evaluateCondition and evaluateExpression', () => {
  it('take the expression bare or in braces', () => {
    expect([
      evaluateCondition('count > 2', scope),
      evaluateCondition('{{ count > 3 }}', scope),
      evaluateCondition('true', scope),
    ]).toEqual([true, false, true]);
    expect(evaluateExpression('list', scope)).toEqual([1, 2, 3]);
    expect(evaluateExpression(' {{ list }} ', scope)).toEqual([1, 2, 3]);
    expect(evaluateExpression([1, '{{ count }}'], scope)).toEqual([1, 3]);
    expect(() => evaluateExpression('{{ list }} and more', scope)).toThrow(/one expression and nothing else/);
  });

  it('treat empty values as false', () => {
    expect(['0', '""', 'none', 'empty', '{}'].map((text) => evaluateCondition(text, scope))).toEqual(
      Array(5).fill(false),
    );
    expect(['1', '"a"', 'list', 'item'].map((text) => evaluateCondition(text, scope))).toEqual(Array(4).fill(true));
  });
});

describe('with workers', () => {
  let pool: CpuPool;
  let cpu: Cpu;
  beforeAll(() => {
    pool = createCpuPool();
    cpu = pool.of({ tenant: 'default', subject: 'ada' });
  });
  afterAll(() => pool.close());

  it('evaluates there only what could block this thread', async () => {
    expect(evaluate('{{ count + 1 }} {{ list | length }}', scope, cpu)).toBe('4 3');
    const slow = evaluate({ sum: '{{ list | map("string") | join("-") }}', count: '{{ count }}' }, scope, cpu);
    expect(slow).toBeInstanceOf(Promise);
    expect(await slow).toEqual({ sum: '1-2-3', count: 3 });
    expect(await evaluateCondition('list | select("odd") | list | length == 2', scope, cpu)).toBe(true);
  });

  it('stops there an expression that takes too long', async () => {
    const endless = '{{ range(100000) | select("in", range(100000) | list) | list | length }}';
    await expect(evaluate(endless, scope, cpu)).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringMatching(/2000 ms of CPU time.*Use a transform step, whose limit is its timeout_ms/),
    });
  });
});

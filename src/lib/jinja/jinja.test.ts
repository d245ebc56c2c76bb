import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  JinjaError,
  type Mapping,
  type RenderOptions,
  readJsonValue,
  renderJinja,
  renderJinjaTemplate,
} from './jinja.ts';

const LIMITS = { maxSteps: 1_000_000, maxBytes: 16 * 2 ** 20 };
const LENIENT: RenderOptions = { ...LIMITS, autoescape: true, strict: false };

const render = (template: string, data = '{}', options = LENIENT) =>
  renderJinja('t', template, readJsonValue(data) as Mapping, options);

const renderSet = (templates: Readonly<Record<string, string>>, name: string, options = LENIENT) =>
  renderJinjaTemplate(new Map(Object.entries(templates)), name, { who: 'ann' }, options);

const outcome = (template: string, data = '{}', options = LENIENT) => {
  try {
    return `rendered ${render(template, data, options)}`;
  } catch (error) {
    if (error instanceof RangeError) return 'stack overflow';
    return error instanceof JinjaError ? `${error.limit ?? 'wrong'}: ${error.message}` : String(error);
  }
};

describe('what Jinja2 3.1 prints', () => {
  const text = readFileSync(new URL('./jinja-corpus.json', import.meta.url), 'utf8');
  const corpus = readJsonValue(text) as ReadonlyMap<string, unknown>;
  const cases = corpus.get('cases') as readonly ReadonlyMap<string, string>[];
  it.each(cases.map((one) => [one.get('template') ?? '', one.get('output') ?? '']))('%s', (template, output) => {
    const data = corpus.get('data') as Mapping;
    expect(renderJinja('t', template, data, LENIENT)).toBe(output);
  });
});

describe('whitespace', () => {
  const BLOCKS = { ...LENIENT, trimBlocks: true, lstripBlocks: true };
  it.each([
    [
      '<ul>\n  {% for i in [1, 2] %}\n    <li>{{ i }}</li>\n  {% endfor %}\n</ul>\n',
      '<ul>\n    <li>1</li>\n    <li>2</li>\n</ul>',
    ],
    ['a\n  {%+ if true %}\n  b\n  {% endif +%}\nc', 'a\n    b\n\nc'],
    ['  {# note #}\nx {# kept #}\n', 'x '],
    ['  {{ 1 }}\n  {% raw %}\n{{ x }}\n  {% endraw %}\nend', '  1\n{{ x }}\nend'],
  ])('trims blocks in %j', (template, output) => {
    expect(render(template, '{}', BLOCKS)).toBe(output);
  });

  it('keeps the last line break if it is told to', () => {
    expect(render('a\r\n\n', '{}', { ...LENIENT, keepTrailingNewline: true })).toBe('a\n\n');
    expect(render('a\r\n\n')).toBe('a\n');
  });
});

describe('templates that use others', () => {
  const BASE = '<{% block title %}base{% endblock %}|{% block body %}{% endblock %}>';
  it.each([
    ['{% extends "base" %}{% block title %}child of {{ super() }}{% endblock %}ignored', '<child of base|>'],
    ['{% extends "middle" %}{% block title %}{{ super() }}3{% endblock %}', '<base23|middle>'],
    ['{% extends "base" %}{% set x = 5 %}{% block body %}{{ x }}{{ self.title() }}{% endblock %}', '<base|5base>'],
    ['{% include "part" %}{% set who = "bob" %}{% include "part" %}', 'part of ann;part of bob;'],
    ['{% include "part" without context %}', 'part of ;'],
    ['{% include ["nope", "part"] %}{% include "nope" ignore missing %}.', 'part of ann;.'],
    ['{% import "macros" as m %}{{ m.hi("x") }} {{ m.VERSION }}', 'hi x! 3'],
    ['{% from "macros" import hi as hello, VERSION %}{{ hello("<") }}{{ VERSION }}', 'hi &lt;!3'],
    ['{% from "macros" import owner with context %}{{ owner() }}', 'ann'],
    ['{% for x in [1, 2] %}{% include "loop" %}{% endfor %}', '1:12:2'],
  ])('%s', (template, output) => {
    const others = {
      base: BASE,
      middle: '{% extends "base" %}{% block title %}{{ super() }}2{% endblock %}{% block body %}middle{% endblock %}',
      part: 'part of {{ who }};',
      macros:
        '{% macro hi(x) %}hi {{ x }}!{% endmacro %}{% macro owner() %}{{ who }}{% endmacro %}{% set VERSION = 3 %}',
      loop: '{{ loop.index }}:{{ x }}',
    };
    expect(renderSet({ ...others, main: template }, 'main')).toBe(output);
  });

  it('says in which template and line an error is', () => {
    expect(() => renderSet({ main: '\n{% include "part" %}', part: 'a\n\n{{ 1 / 0 }}' }, 'main')).toThrow(
      'division by zero (in part:3)',
    );
    expect(() => renderSet({ main: '{% include "nope" %}' }, 'main')).toThrow(/template not found: "nope"/);
    expect(() => renderSet({ main: '{% include "main" %}' }, 'main')).toThrow(/recursion limit/);
    expect(() => renderSet({ main: '{% extends "main" %}' }, 'main')).toThrow(/recursion limit|steps/);
  });
});

describe('order and digits', () => {
  const data = '{"row": {"2024": "b", "name": "c", "2023": "a"}, "id": 9007199254740993, "whole": 2.0}';
  it('keeps the order of keys, also of those that are numbers', () => {
    expect(render('{% for k, v in row.items() %}{{ k }}={{ v }};{% endfor %}', data)).toBe('2024=b;name=c;2023=a;');
    expect(render('{{ row|tojson|safe }}', data)).toBe('{"2024": "b", "name": "c", "2023": "a"}');
  });

  it('keeps the digits of whole numbers', () => {
    expect(render('{{ id }} {{ id + 1 }} {{ [id]|tojson }} {{ whole }}', data)).toBe(
      '9007199254740993 9007199254740994 [9007199254740993] 2.0',
    );
  });

  it('reads an entry that has the name of a method, and calls the method', () => {
    const items = '{"page": {"items": [1, 2], "count": 2}}';
    expect(render('{{ page.items }} {{ page.items()|length }} {{ page.count }}', items)).toBe('[1, 2] 2 2');
  });
});

describe('attacks', () => {
  it.each([
    '{{ x.__proto__ }}',
    '{{ x.constructor }}',
    '{{ "".constructor }}',
    '{{ [].constructor }}',
    '{{ [].map }}{{ [].push }}',
    '{{ (1).toString }}{{ (1).constructor }}',
    '{{ range.constructor }}{{ range.call }}{{ range.apply }}',
    '{{ x|attr("constructor") }}{{ x|attr("__proto__") }}',
    '{{ [x]|map(attribute="__proto__")|first }}',
    '{{ namespace().constructor }}{{ namespace().members }}',
    '{{ cycler(1).constructor }}{{ joiner().call }}',
    '{% for i in [1] %}{{ loop.constructor }}{{ loop.call }}{% endfor %}',
    '{{ self.constructor }}{{ dict.prototype }}',
    '{% macro m() %}{% endmacro %}{{ m.call }}{{ m.constructor }}',
    '{{ process }}{{ globalThis }}{{ require }}{{ this }}{{ constructor }}{{ __proto__ }}{{ toString }}',
    '{{ x.toString }}{{ x.hasOwnProperty }}{{ x.valueOf }}',
    '{{ (x|safe).text }}{{ (2.0).value }}',
  ])('reach nothing of JavaScript: %s', (template) => {
    expect(render(template, '{"x": {"a": 1}}')).toBe('');
    expect(renderJinja('t', template, { x: { a: 1 } }, LENIENT)).toBe('');
  });

  it.each([
    '{{ x.constructor.constructor("return process")() }}',
    '{{ x.__proto__.polluted }}',
    '{{ x["constructor"]["prototype"] }}',
    '{{ "{0.constructor.name}".format(x) }}',
    '{{ "{0[__proto__]}".format(x) }}',
    '{{ "%(constructor)s" % x }}',
    '{{ [1]|map("constructor")|list }}',
    '{{ [1]|select("__proto__")|list }}',
    '{{ 1|toString }}',
    '{{ 1 is hasOwnProperty }}',
    '{% set x.a = 2 %}',
    '{% set x.__proto__.y = 2 %}',
    '{{ x.items().push(1) }}',
    '{{ [1].append(2) }}',
    '{{ dict([([], 1)]) }}',
  ])('end in an error: %s', (template) => {
    expect(outcome(template, '{"x": {"a": 1}}')).toMatch(/^wrong: /);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('has keys such as __proto__ as data only', () => {
    const data = '{"x": {"__proto__": {"y": 1}, "constructor": 2}}';
    expect(render('{{ x.__proto__.y }}{{ x.constructor }}{{ {"__proto__": 3}.__proto__ }}', data)).toBe('123');
  });

  it.each([
    ['"x" * 10**9', 'memory'],
    ['[0] * 10**9', 'memory'],
    ['9 ** (9 ** 9)', 'wrong'],
    ['"x".center(10**9)', 'memory'],
    ['"%999999999d" % 1', 'memory'],
    ['"{:999999999}".format(1)', 'memory'],
    ['("a" * 100000).replace("", "b" * 10000)', 'memory'],
    ['("a" * 100000)|replace("a", "b" * 10000)', 'memory'],
    ['("x" * 1000).join(range(10**5)|map("string"))', 'memory'],
    ['("a\n" * 100000)|indent(100000)', 'memory'],
    ['"a"|indent(10**9)', 'memory'],
    ['range(9)|batch(10**9, 0)', 'memory'],
    ['range(9)|slice(10**9)', 'memory'],
    ['range(10**9)', 'wrong'],
    ['range(10**5)|map("list")', 'wrong'],
    ['[range(10**5)] * 100 | sum(start=[])', 'wrong'],
    ['[1]|tojson(10**9)', 'memory'],
    ['"%.999f" % 1.5', 'wrong'],
  ])('stay within the limits: %s', (expression, limit) => {
    expect(outcome(`{{ ${expression} }}`)).toMatch(new RegExp(`^${limit}: `));
  });

  it.each([
    [
      'texts that double',
      '{% set n = namespace(x="ab") %}{% for i in range(99) %}{% set n.x = n.x ~ n.x %}{% endfor %}',
      'memory',
    ],
    [
      'lists that double',
      '{% set n = namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor %}',
      'memory',
    ],
    [
      'shared lists',
      '{% set n = namespace(x=[1]) %}{% for i in range(60) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x }}',
      'memory',
    ],
    ['loops in loops', '{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}{% endfor %}', 'steps'],
    ['macros without end', '{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}', 'depth'],
    ['loops without end', '{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}', 'depth'],
    ['output', '{% set x = "x" * 99999 %}{% for i in range(9999) %}{{ x }}{% endfor %}', 'memory'],
    ['parentheses', `{{ ${'('.repeat(5_000)}1${')'.repeat(5_000)} }}`, 'wrong'],
    ['statements', `${'{% if 1 %}'.repeat(5_000)}${'{% endif %}'.repeat(5_000)}`, 'wrong'],
  ])('stay within the limits: %s', (_, template, limit) => {
    expect(outcome(template)).toMatch(new RegExp(`^${limit}: `));
  });

  it('searches text in linear time', () => {
    const template = '{{ ("b" ~ "a" * 200000) in ("a" * 2000000) }}{{ ("a" * 2000000).rfind("a" * 200000 ~ "b") }}';
    expect(render(template)).toBe('False-1');
  });
});

describe('strict templates', () => {
  const STRICT = { ...LENIENT, strict: true };
  it.each([
    '{{ nope }}',
    '{% for x in nope %}{% endfor %}',
    '{{ nope == 1 }}',
    '{% if nope %}{% endif %}',
    '{{ x.nope ~ 1 }}',
  ])('refuse what is not defined: %s', (template) => {
    expect(outcome(template, '{"x": {}}', STRICT)).toMatch(/^wrong: .*'nope' is undefined/);
  });

  it('can ask whether it is', () => {
    expect(render('{{ nope is defined }} {{ nope|default(1) }} {{ 2 if false }}', '{}', STRICT)).toBe('False 1 ');
  });
});

it('reads data with a string of any length', () => {
  const text = 'a\n"'.repeat(3_000_000);
  expect(readJsonValue(JSON.stringify({ text, id: 1 }))).toEqual(
    new Map<string, unknown>([
      ['text', text],
      ['id', 1],
    ]),
  );
});

import { describe, expect, it } from 'vitest';
import { Fault } from '../../core/errors.ts';
import { renderJinja } from './render-jinja.ts';

const fault = (template: string, variables = {}) => {
  try {
    return `rendered ${renderJinja(template, variables).length}`;
  } catch (error) {
    return error instanceof Fault ? `${error.code}: ${error.message}` : error;
  }
};

describe('renderJinja', () => {
  it('renders loops, conditions, filters and macros', () => {
    const template =
      '{% macro li(x) %}<li>{{ x }}</li>{% endmacro %}' +
      '{% for row in rows if row.n > 1 %}{{ li(row.name | upper) }}{% else %}none{% endfor %}';
    expect(
      renderJinja(template, {
        rows: [
          { n: 1, name: 'a' },
          { n: 2, name: 'b' },
        ],
      }),
    ).toBe('<li>B</li>');
    expect(renderJinja(template, { rows: [] })).toBe('none');
  });

  it('escapes what it prints, unless the template says that it is safe', () => {
    const evil = '<b title="1">&\'</b>';
    const escaped = '&lt;b title=&#34;1&#34;&gt;&amp;&#39;&lt;/b&gt;';
    expect(renderJinja('{{ x }} {{ x | safe }}', { x: evil })).toBe(`${escaped} ${evil}`);
    expect(renderJinja('{{ x }}', { x: [evil] })).not.toContain('<');
  });

  it('prints nothing for a name that is not there', () => {
    expect(renderJinja('[{{ nope }}]', {})).toBe('[]');
  });

  it('keeps whole numbers whole', () => {
    expect(renderJinja('{{ a }} {{ b }}', { a: 5, b: 2.5 })).toBe('5 2.5');
  });

  it.each([
    ['a file', '{% include "/etc/passwd" %}'],
    ['itself', '{% include "template.html" %}'],
    ['a parent', '{% extends "template.html" %}'],
    ['an import', '{% import "x" as x %}'],
  ])('reaches no other template: %s', (_, template) => {
    expect(fault(template)).toMatch(/^BAD_INPUT: The template cannot be rendered: template not found/);
  });

  it('tells where a template is wrong', () => {
    expect(fault('a\n{% for %}')).toMatch(/^BAD_INPUT: .*syntax error.*template\.html:2/);
    expect(fault('{{ nope.a.b }}')).toMatch(/^BAD_INPUT: .*undefined/);
  });

  it.each([
    ['a loop in a loop', '{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}', /steps/],
    ['a macro that calls itself', '{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}', /recursion limit/],
    ['a loop that calls itself', '{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}', /recursion limit/],
    ['a range without end', '{% for i in range(1000000000) %}{% endfor %}', /too many elements/],
    ['parentheses', `{{ ${'('.repeat(5_000)}1${')'.repeat(5_000)} }}`, /recursion limit/],
    ['operators', `{{ 1${'+1'.repeat(100_000)} }}`, /nests too deeply/],
    ['filters', `{{ 1${'|string'.repeat(100_000)} }}`, /nests too deeply/],
  ])('refuses %s', (_, template, message) => {
    const refusal = fault(template);
    expect(refusal).toMatch(/^BAD_INPUT/);
    expect(refusal).toMatch(message);
  });

  it.each([
    ['a text times a billion', '{{ "x" * 1000000000 }}'],
    [
      'a text that doubles',
      '{% set n = namespace(x="ab") %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}',
    ],
    ['a replacement', '{{ ("a" * 100000) | replace("a", "b" * 100000) }}'],
    ['an indentation', '{{ ("a\n" * 100000) | indent(100000) }}'],
    ['a join', '{{ (range(100000) | list) | join("x" * 100000) }}'],
    ['a batch', '{{ range(10) | batch(1000000000, 0) | list | length }}'],
    ['slices', '{{ range(10) | slice(1000000000) | list | length }}'],
    ['output', '{% for i in range(100000) %}{{ "x" * 10000 }}{% endfor %}'],
  ])('bounds the memory of %s', (_, template) => {
    expect(fault(template)).toMatch(/^RESOURCE_TOO_LARGE: The template takes more than the 128 MiB/);
  });

  it('works on after every one of them', () => {
    for (let i = 0; i < 20; i += 1) {
      fault('{{ "x" * 1000000000 }}');
      expect(renderJinja('{{ x }}', { x: i })).toBe(String(i));
    }
  });
});

import { describe, expect, it } from 'vitest';
import { referencesIn, referencesInExpression } from './references.ts';

const steps = (text: string) => [...referencesIn(text).steps];
const inputs = (text: string) => [...referencesIn(text).inputs];

describe('references', () => {
  it('finds steps, by name and by text', () => {
    expect(steps('{{ steps.rows.output }} {{ steps["get-it"].error }} {{ steps[ "a" ].state }}')).toEqual([
      'rows',
      'get-it',
      'a',
    ]);
    expect(steps('{{ steps . rows . output.steps.nope }}')).toEqual(['rows']);
    expect([...referencesIn('{{ steps.rows.output }} {{ steps["get-it"]["error"] }}').members]).toEqual([
      'output',
      'error',
    ]);
  });

  it('reports the steps whose outputs are read', () => {
    const outputs = (text: string) => [...referencesIn(text).outputs];
    expect(outputs('{{ steps.a.output.x }} {{ steps["b"]["output"] }} {{ steps.c | tojson }}')).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(outputs('{{ steps.a.resource.uri }} {{ steps["b"].state }} {{ steps.c.error.output }}')).toEqual([]);
    expect(outputs('{{ steps.a[item] }}')).toEqual(['a']);
  });

  it('ignores text, members, filters, tests and names of arguments', () => {
    expect(steps('{{ "steps.rows" }} steps.rows {{ item.steps.rows }} {{ \'{{ steps.a }}\' }}')).toEqual([]);
    expect(
      inputs('{{ a | map(attribute=b) | default(c) }} {{ d is defined }} {{ e is not none }} {{ {"f": g, h: 1} }}'),
    ).toEqual([...['a', 'b', 'c', 'd', 'e', 'g', 'h']]);
    expect(inputs('{{ "x" if y else none }} {{ not z in [true] }} {{ range(3) }}')).toEqual(['y', 'z']);
    expect(inputs('{{ "a \\" b" ~ c }}')).toEqual(['c']);
  });

  it('reports a step that is known only at run time', () => {
    for (const text of ['{{ steps }}', '{{ steps[item] }}', '{{ steps | length }}', '{{ steps["a" ~ "b"] }}']) {
      expect(referencesIn(text).dynamicStep, text).toBe(true);
    }
    expect(referencesIn('{{ steps.a }}').dynamicStep).toBe(false);
  });

  it('distinguishes item, index, repair and run from inputs', () => {
    expect(referencesIn({ a: ['{{ item.x }}', '{{ index }}'], b: '{{ repair.round }} {{ run.id }}' })).toMatchObject({
      item: true,
      index: true,
      repair: true,
      run: true,
      inputs: new Set(),
    });
  });

  it('takes when and for_each without braces', () => {
    expect([...referencesInExpression('steps.a.output > count').steps]).toEqual(['a']);
    expect([...referencesInExpression(['{{ steps.b.output }}', 'steps.c']).steps]).toEqual(['b']);
  });
});

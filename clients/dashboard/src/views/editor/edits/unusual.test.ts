import { expect, it } from 'vitest';
import type { FieldKind } from '../../../parts/schema-form/schema.ts';
import { readStep } from './read-steps.ts';
import { unusualAt } from './unusual.ts';

/** Why a value of a step is no field of this kind. */
function why(lines: string, kind: FieldKind, path = ['v']) {
  const text = `base: &base { x: 1 }\nsteps:\n  - id: a\n  - id: b\n    ${lines}\n`;
  const read = readStep(text, 'b');
  if (!read) throw new Error(`There is no step in\n${text}`);
  return unusualAt(text, read, path, kind);
}

it.each<readonly [string, FieldKind, string]>([
  ['v: "{{ steps.a.output }}"', 'number', 'is an expression'],
  ['v: "{{ steps.a.output }}"', 'group', 'is an expression'],
  ['v: true', 'line', 'is written in another way'],
  ['v: *base', 'group', 'uses an anchor, an alias or a tag'],
  ['v: &own { x: 1 }', 'group', 'uses an anchor, an alias or a tag'],
  ['v: { <<: *base, y: 2 }', 'json', 'uses an anchor, an alias or a tag'],
  ['v: !!str 1', 'line', 'uses an anchor, an alias or a tag'],
  ['v: >\n      one\n      two', 'lines', 'is a text whose lines are joined'],
  ['v: one\n      two', 'line', 'is a text whose lines are joined'],
  ['v: | # why\n      one', 'lines', 'has comments'],
  ['v:\n      - a # why\n      - b', 'list', 'has comments'],
  ['v:\n      x: 1 # why\n      y: 2', 'json', 'has comments'],
])('a value that is written as %j stays text in place of a field for a %s', (lines, kind, reason) => {
  expect(why(lines, kind)).toMatchObject({ why: reason });
});

it.each<readonly [string, FieldKind]>([
  ['v: "{{ steps.a.output }} of it"', 'line'],
  ['v: |\n      one # no comment\n      two', 'lines'],
  ['v:\n      x: 1 # why\n      y: 2', 'group'],
  ['v: [a, b]', 'list'],
  ['v: { x: "{{ y }}" }', 'json'],
])('a value that is written as %j is a field for a %s', (lines, kind) => {
  expect(why(lines, kind)).toBeUndefined();
});

it('finds the line of a value in a value', () => {
  expect(why('v: true', 'line')?.line).toBe(5);
  expect(why('v:\n      x: "{{ y }}"', 'number', ['v', 'x'])).toEqual({ why: 'is an expression', line: 6 });
});

import { describe, expect, it } from 'vitest';
import { isComposite } from './definition/define-command.ts';
import { pipeline } from './pipeline.ts';

const step = { command: 'fetch', options: { source: { uri: 'data:,a' } } };

describe('pipeline', () => {
  it('consists of its steps, in order, each with its options', () => {
    expect(isComposite(pipeline)).toBe(true);
    const next = { command: 'convertToXml', options: { source: '$previous.output' } };
    expect(pipeline.steps({ steps: [step, next, { command: 'render' }] })).toEqual([
      step,
      next,
      { command: 'render', options: {} },
    ]);
  });

  it.each([
    ['no steps', []],
    ['more than a hundred', Array.from({ length: 101 }, () => step)],
    ['a pipeline inside', [step, { command: 'pipeline', options: { steps: [step] } }]],
    [
      'a first step that reads what came before',
      [{ command: 'fetch', options: { source: { uri: '$previous.output' } } }],
    ],
  ])('refuses %s', (_, steps) => {
    expect(() => pipeline.steps({ steps })).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT', path: expect.any(Array) }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { selectTool } from './select-tool.ts';

const tools = ['get', 'get-sum', 'get-env', 'echo'].map((name) => ({ name, description: '', input: {} }));
const picked = (goal: string, named?: readonly string[]) =>
  selectTool(tools, { goal, ...(named && { tools: named }) }).name;

describe('selectTool', () => {
  it('takes the first tool that the agent names, whatever the goal', () => {
    expect(picked('echo', ['get-sum', 'get-env'])).toBe('get-sum');
  });

  it('takes the only tool', () => {
    expect(selectTool(tools.slice(3), { goal: 'Anything.' }).name).toBe('echo');
  });

  it.each([
    ['Please get sum of both.', 'get-sum'],
    ['Use GET_SUM, and nothing else', 'get-sum'],
    ['echo, then get', 'echo'],
    ['Get it.', 'get'],
  ])('finds in the goal "%s" the tool %s', (goal, tool) => {
    expect(picked(goal)).toBe(tool);
  });

  it('lists the available tools when the choice is ambiguous', () => {
    const refused = (message: RegExp, code = 'BAD_INPUT') =>
      expect.objectContaining({ code, message: expect.stringMatching(message) });
    expect(() => picked('Add, gets nothing, echoes nothing.')).toThrow(
      refused(/names none.*get, get-sum, get-env, echo/),
    );
    expect(() => picked('get-sum or get-env')).toThrow(refused(/names several/));
    expect(() => picked('', ['sum'])).toThrow(refused(/no tool sum.*get-sum/, 'NOT_FOUND'));
    expect(() => selectTool([], { goal: 'echo' })).toThrow(refused(/has no tools/));
  });
});

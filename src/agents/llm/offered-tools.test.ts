import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMsOf } from '../../../test/support/cpu-time.ts';
import { canonicalJson } from '../../lib/json.ts';
import { assignFunctionNames, hasUnreadableArguments, toToolCallRequests } from './offered-tools.ts';

const tool = (name: string) => ({ name, description: '', input: { type: 'object' } });

describe('function names', () => {
  it('fit the API, are unique, and lead back to the tools, whatever their names', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'B', '.', '_', '-', '2', 'ü', ' '), maxLength: 80 });
    fc.assert(
      fc.property(fc.uniqueArray(part, { maxLength: 30 }), (names) => {
        const named = assignFunctionNames(names.map(tool));
        expect([...named.values()].map(({ name }) => name)).toEqual(names);
        for (const name of named.keys()) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
      }),
    );
  });

  it('are the original names where possible', () => {
    const named = assignFunctionNames([
      tool('repo.git.commit'),
      tool('repo_git_commit'),
      tool('x'.repeat(70)),
      tool('x'.repeat(71)),
    ]);
    expect([...named.keys()]).toEqual(['repo_git_commit', 'repo_git_commit_2', 'x'.repeat(64), `${'x'.repeat(62)}_2`]);
  });
});

describe('many tools with equal names', () => {
  it('are named in linear time', async () => {
    const many = Array.from({ length: 8_000 }, (_, i) => tool('é'.repeat(64) + i));
    let named: ReadonlyMap<string, unknown> = new Map();
    expect(await cpuMsOf(() => (named = assignFunctionNames(many)))).toBeLessThan(2_000);
    expect(named.size).toBe(many.length);
  });
});

describe('a call that a model requests', () => {
  const tools = assignFunctionNames([tool('web.search')]);
  const call = (args: string, name = 'web_search') => {
    const calls = [{ id: 'a', name, arguments: args }];
    const [request] = toToolCallRequests({ text: '', calls, finishReason: 'stop' }, tools);
    if (!request) throw new Error('there is no call');
    return request;
  };

  it('has the original name of the tool and its arguments', () => {
    expect(call('{"query": "x"}')).toEqual({ id: 'a', tool: 'web.search', arguments: { query: 'x' } });
    expect(call(' ').arguments).toEqual({});
    expect(call('{}', 'rm -rf').tool).toBe('rm -rf');
  });

  it('can always be stored in the journal, and marks unreadable arguments', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        const wanted = call(text);
        expect(() => canonicalJson(wanted)).not.toThrow();
      }),
    );
    expect(call('{"n":[1e999,-1e999]}').arguments).toEqual({ n: [null, null] });
    expect(['{"a":', '7', '[{}]', '"{}"'].map((text) => hasUnreadableArguments(call(text).arguments))).toEqual(
      Array(4).fill(true),
    );
    expect(hasUnreadableArguments(call('{"a":"\\ud800"}').arguments)).toBe(false);
  });
});

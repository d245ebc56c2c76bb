import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Workflows } from '../../../core/workflows/workflows.ts';
import { createToolNames, findWorkflowByToolName, listedWorkflowName } from './tool-names.ts';

const LISTED = /^[A-Za-z0-9_-]{1,64}$/;
const anyName = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '.', '_', '-'), minLength: 1, maxLength: 4 }),
  fc.string({ unit: fc.constantFrom('a', '.', 'ü'), minLength: 60, maxLength: 70 }),
  fc.string({ minLength: 1 }).map((name) => `workflow_${name}`),
);

describe('a listed name', () => {
  it('is accepted by all clients, is unique, leads back, and does not depend on the order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(anyName, { maxLength: 30 }), (names) => {
        const tools = createToolNames(names);
        const listed = names.map((name) => tools.listed(name));
        expect(listed.filter((name) => !LISTED.test(name))).toEqual([]);
        expect(new Set(listed).size).toBe(names.length);
        expect(listed.map((name) => tools.original(name))).toEqual(names);
        const reversed = createToolNames(names.toReversed());
        expect(names.map((name) => reversed.listed(name))).toEqual(listed);
      }),
    );
  });

  it('has underscores for dots, and is unchanged where it can be', () => {
    const { listed } = createToolNames(['fetch', 'repo.git.add_all', 'a.b', 'a_b', 'a-b']);
    expect(['fetch', 'repo.git.add_all', 'a_b', 'a-b'].map(listed)).toEqual([
      'fetch',
      'repo_git_add_all',
      'a_b',
      'a-b',
    ]);
    expect(listed('a.b')).toMatch(/^a_b-[0-9a-f]{10}$/);
  });

  it('of a saved workflow leads back to it, as its original name does', async () => {
    const names = ['nap', 'x'.repeat(64), 'looks-like-0123456789'];
    const edges = names.map((name) => ({ cursor: name, node: { name } }));
    const workflows = {
      find: async (_: string, name: string) => (names.includes(name) ? { name } : undefined),
      list: async () => ({ edges, hasNextPage: false }),
    } as unknown as Pick<Workflows, 'find' | 'list'>;
    expect(listedWorkflowName('nap')).toBe('workflow_nap');
    for (const name of names) {
      const listed = listedWorkflowName(name);
      expect(listed).toMatch(LISTED);
      expect(await findWorkflowByToolName(workflows, 't', listed)).toBe(name);
      expect(await findWorkflowByToolName(workflows, 't', `workflow.${name}`)).toBe(name);
    }
    expect(await findWorkflowByToolName(workflows, 't', 'workflow_none')).toBeUndefined();
    expect(await findWorkflowByToolName(workflows, 't', 'fetch')).toBeUndefined();
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../core/policy.ts';
import type { SignedIn } from '../../../core/principal.ts';
import { compilePolicy } from '../../../policy/compile-policy.ts';
import { explain } from '../../../policy/explain.ts';
import { createToolVisibility } from './tool-visibility.ts';

const model = readFileSync(join(import.meta.dirname, '../../../../policy/model.conf'), 'utf8');
const ada: SignedIn = { kind: 'user', subject: 'ada', username: 'ada', tenant: 'default', roles: ['lead'] };

/** What is listed under these rules, where lead has the rules of user too. */
async function useUnder(...rules: readonly string[]) {
  const policy = await compilePolicy({ model, rules: ['g, user', 'g, lead, user', ...rules].join('\n') });
  const asked: Pick<Policy, 'explain' | 'snapshot'> = { explain: (ask) => explain(policy, ask), snapshot: () => '1' };
  const mayUse = createToolVisibility(asked as Policy);
  return (action: string, somewhere = true) => mayUse(ada, action, somewhere);
}

describe('what is listed', () => {
  it('is what a rule allows on any URI, also through an inherited role', async () => {
    const use = await useUnder('p, user, command:fetch, https://a.example/**, *, allow');
    expect([use('command:fetch'), use('command:render')]).toEqual(['perhaps', 'never']);
    // It reaches no URI, so no rule for one lets it.
    expect(use('command:fetch', false)).toBe('never');
  });

  it('is not what a rule denies everywhere, but is what one denies somewhere', async () => {
    const use = await useUnder(
      'p, lead, *, **, *, allow',
      'p, user, tool:python.run, **, *, deny',
      'p, user, command:fetch, http://inside.example/**, *, deny',
    );
    expect([use('tool:python.run'), use('command:fetch')]).toEqual(['never', 'perhaps']);
  });

  it('says where a person may have to agree first', async () => {
    const use = await useUnder(
      'p, lead, tool:*, **, *, allow',
      'p, lead, tool:repo.git.push, **, *, approve',
      'p, lead, tool:drive.upload, https://a.example/**, *, approve',
    );
    expect(use('tool:repo.git.push', false)).toBe('with approval');
    expect([use('tool:drive.upload'), use('tool:drive.upload', false)]).toEqual(['with approval', 'perhaps']);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createEnvironments, problemsOf } from '../../test/support/config/environment.ts';
import { QUOTAS, type Quota } from '../core/accounts/accounts.ts';

const { development } = createEnvironments();

describe('quotas', () => {
  it('have the defaults of the table; half of MAX_RUNS belongs to one principal', () => {
    const { quotas } = development({ MAX_RUNS: '301', LLM_TOKENS_PER_DAY: '7' });
    expect(quotas.workflows).toMatchObject({ principal: 1_000, tenant: 10_000 });
    expect(quotas.runsRunning).toEqual({ principal: 151, tenant: 301 });
    expect(quotas.modelTokens).toEqual({ principal: 7 });
  });

  it('are changed for one principal or for a tenant', () => {
    const { quotas } = development({ QUOTAS: 'runsWaiting=3, tenant.artifactBytes=50' });
    expect(quotas.runsWaiting).toMatchObject({ principal: 3, tenant: 1_000_000 });
    expect(quotas.artifactBytes).toMatchObject({ tenant: 50 });
  });

  it.each([
    ['runs=3', 'one of runsRunning'],
    ['workflows', 'NAME=LIMIT'],
    ['workflows=-1', 'NAME=LIMIT'],
    ['workflows=1.5', 'NAME=LIMIT'],
    ['principal.workflows=1', 'NAME=LIMIT'],
    ['modelTokens=1', 'LLM_TOKENS_PER_DAY'],
  ])('%s is rejected: %s', (text, why) => {
    expect(problemsOf(() => development({ QUOTAS: text })).QUOTAS).toContain(why);
  });

  it('are listed in docs/configuration.md as they are', () => {
    const page = readFileSync('docs/configuration.md', 'utf8');
    const rows = Object.entries(QUOTAS).map(([name, { counts, principal, tenant, description }]: [string, Quota]) => {
      return `| \`${name}\` | ${counts} | ${principal} | ${tenant ?? '–'} | ${description} |`;
    });
    expect(page).toContain(rows.join('\n'));
  });
});

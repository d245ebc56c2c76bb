import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ACCOUNT_ATTEMPTS } from './hostile-reader/accounts.ts';
import { LIST_ATTEMPTS } from './hostile-reader/lists.ts';
import { SESSION_ATTEMPTS } from './hostile-reader/sessions.ts';
import { type Attempt, openTarget, type Target } from './hostile-reader/target.ts';
import { TOKEN_ATTEMPTS } from './hostile-reader/tokens.ts';

/** What is attacked, by the title of its table in docs/security/hostile-reader.md. Another surface adds its file here. */
const SURFACES: Readonly<Record<string, readonly Attempt[]>> = {
  'Sessions and requests of other sites': SESSION_ATTEMPTS,
  'API tokens and renewal': TOKEN_ATTEMPTS,
  Accounts: ACCOUNT_ATTEMPTS,
  'Lists and saved views': LIST_ATTEMPTS,
};

describe.each(Object.entries(SURFACES))('a hostile reader: %s', (title, attempts) => {
  let on: Target;
  beforeAll(async () => {
    on = await openTarget();
  });
  afterAll(() => on?.[Symbol.asyncDispose]());

  it.each(attempts)('$attempt: $outcome', async ({ run, outcome }) => {
    expect(await run(on)).toBe(outcome);
  });

  it('is listed with every attempt', () => {
    const page = readFileSync('docs/security/hostile-reader.md', 'utf8');
    const [, section = ''] = page.split(`\n## ${title}\n`);
    const [table = ''] = section.split('\n## ');
    const rows = [...table.matchAll(/^\| (\d+) \| (.+) \| (.+) \|$/gm)].map(([, , attempt, outcome]) => [
      attempt,
      outcome,
    ]);
    expect(rows).toEqual(attempts.map(({ attempt, outcome }) => [attempt, outcome]));
  });
});

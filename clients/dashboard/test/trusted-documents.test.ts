import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTempFolder } from '../../../test/support/temp-folder.ts';
import { openDashboard, skipped } from './support/open-dashboard.ts';

describe.skipIf(skipped)(`on a server with trusted documents ${skipped ?? ''}`, () => {
  it('the dashboard works, other documents are refused, and nothing leads to a GraphiQL that is off', async () => {
    await using folder = await createTempFolder();
    const file = join(folder.path, 'documents.json');
    await writeFile(file, '{}');
    await using dashboard = await openDashboard({ env: { TRUSTED_DOCUMENTS: file, GRAPHIQL: 'false' } });
    const page = await dashboard.open('/play/command/convertToJson?title=CSV+to+JSON', { as: 'alice' });
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText('Succeeded').waitFor();
    await page.getByRole('link', { name: 'Open the run' }).click();
    await page.getByRole('heading', { name: 'convertToJson' }).first().waitFor();
    expect(await page.getByRole('link', { name: /Graph[iQ]/ }).count()).toBe(0);
    const { errors } = await dashboard.server.query('{ health { status } }');
    expect(errors?.[0].extensions.code).toBe('FORBIDDEN');
  });
});

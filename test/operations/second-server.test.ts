import { link, mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli, startServer, tokenFor } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';

const RUN = `mutation { convertToJson(input: { source: { uri: "data:text/csv,a%0A1" } }) {
  ... on CommandOutcome { run { state } } } }`;

it('a second server never starts on the data of a running one, whatever the path and without the file `lock`', async () => {
  await using base = await createTempFolder();
  const dataDir = join(base.path, 'data');
  await using server = await startServer({ dataDir });
  await rm(join(dataDir, 'lock'));
  await symlink(dataDir, join(base.path, 'link'));
  await mkdir(join(base.path, 'other'));
  await link(join(dataDir, 'signalbox.db'), join(base.path, 'other', 'signalbox.db'));
  for (const name of ['data', 'link', 'other']) {
    const { code, complaint } = await runCli(['serve'], { dataDir: join(base.path, name) });
    expect(code, name).not.toBe(0);
    expect(complaint, name).toContain('Another Signalbox process uses');
  }
  const token = await tokenFor('anna', { roles: ['analyst'] });
  expect((await server.query(RUN, {}, token)).data.convertToJson.run.state).toBe('SUCCEEDED');

  await server.stop('SIGKILL');
  await using next = await startServer({ dataDir });
  expect((await next.fetch('/health')).status).toBe(200);
});

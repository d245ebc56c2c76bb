import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli, startServer, tokenFor } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

const FETCH = `mutation {
  fetch(input: { source: { uri: "data:,a" } }) { ... on CommandOutcome { run { id } } }
}`;
const EXPORT = 'query ($id: ID!) { run(id: $id) { export } }';
const OTHER_KEY = 'signalbox/995367ff6b56160b+16bb8684+ATAJgiSW67GuS2oG53bINjYXc4f7FqZuPXB1LVIe4ENx\n';

it('verifies an exported run without a server, and names the event that was changed', async () => {
  await using folder = await createTempFolder();
  await using server = await startServer();
  const token = await tokenFor('anna', { roles: ['analyst'] });
  const { data } = await server.query(FETCH, {}, token);
  const { id } = data.fetch.run;
  const exported = await until('a checkpoint covers the run', async () => {
    const { data, errors } = await server.query(EXPORT, { id }, token);
    expect(errors).toBeUndefined();
    return data.run.export.inclusion && data.run.export;
  });
  const stranger = await tokenFor('zoe', { roles: ['analyst'], tenant: 'other' });
  expect((await server.query(EXPORT, { id }, stranger)).data.run).toBeNull();
  await server.stop();

  const verify = async (text: string, ...args: string[]) => {
    const file = join(folder.path, 'run.json');
    await writeFile(file, text);
    const { code, output, complaint } = await runCli(['verify', file, '--json', ...args]);
    return { code, complaint, report: output === '' ? undefined : JSON.parse(output) };
  };
  const [key, otherKey] = [join(folder.path, 'key'), join(folder.path, 'other-key')];
  await writeFile(key, `${exported.publicKey}\n`);
  await writeFile(otherKey, OTHER_KEY);
  const text = JSON.stringify(exported);

  expect(await verify(text)).toMatchObject({ code: 0, report: { runId: id, valid: true, keyTrusted: false } });
  const trusted = await verify(text, '--key', otherKey, '--key', key);
  expect(trusted).toMatchObject({ code: 0, report: { valid: true, keyTrusted: true, events: exported.events.length } });
  expect(await verify(text, '--key', otherKey)).toMatchObject({ code: 1, report: { valid: false } });

  const changed = structuredClone(exported);
  changed.events[1].at = changed.events[1].at.replace(/^2/, '1');
  expect(await verify(JSON.stringify(changed))).toMatchObject({ code: 1, report: { firstInvalidSeq: 2 } });
  const { inclusion: _, ...uncovered } = exported;
  expect(await verify(JSON.stringify(uncovered))).toMatchObject({ code: 0, report: { valid: true } });
  expect(await verify(JSON.stringify(uncovered), '--key', key)).toMatchObject({ code: 1, report: { valid: false } });

  const notExport = await verify('{}');
  expect(notExport).toMatchObject({ code: 1, complaint: expect.stringContaining('not an export of a run') });
  expect(notExport.complaint).not.toContain('    at ');
});

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCli, startServer, tokenFor } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

const FETCH = `mutation {
  fetch(input: { source: { uri: "data:,a" } }) { ... on CommandOutcome { run { id } } }
}`;
const EXPORT = 'query ($id: ID!) { run(id: $id) { export } }';
const CONSISTENCY = `query ($olderSize: Int!) {
  treeConsistency(olderSize: $olderSize) { olderSize newerSize older newer proof publicKey }
}`;
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
    const { code, output, complaint } = await runCli(['verify', file, '-o', 'json', ...args]);
    return { code, complaint, report: output === '' ? undefined : JSON.parse(output)[0] };
  };
  const [key, otherKey] = [join(folder.path, 'key'), join(folder.path, 'other-key')];
  await writeFile(key, `${exported.publicKey}\n`);
  await writeFile(otherKey, OTHER_KEY);
  const text = JSON.stringify(exported);

  expect(await verify(text)).toMatchObject({ code: 0, report: { id, valid: true, keyTrusted: false } });
  const { code, output } = await runCli(['verify', 'run', join(folder.path, 'run.json')]);
  expect([code, output]).toEqual([0, expect.stringContaining(id)]);
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

it('verifies against checkpoints that were kept elsewhere that a run is covered, and that nothing before was changed', async () => {
  await using folder = await createTempFolder();
  await using server = await startServer();
  const token = await tokenFor('anna', { roles: ['analyst'] });
  const checkpoints = join(server.dataDir, 'checkpoints.log');
  const endRun = async () => {
    const { data } = await server.query(FETCH, {}, token);
    return until('a checkpoint covers the run', async () => {
      const { data: after } = await server.query(EXPORT, { id: data.fetch.run.id }, token);
      return after.run.export.inclusion && after.run.export;
    });
  };
  const first = await endRun();
  const olderSize = sizeOf(first.inclusion.checkpoint);
  for (let runs = 0; runs < 3; runs += 1) await endRun();
  const user = await tokenFor('uma', { roles: ['user'] });
  const refused = await server.query(CONSISTENCY, { olderSize }, user);
  expect(refused.errors?.[0].extensions.code).toBe('FORBIDDEN');
  const missing = await server.query(CONSISTENCY, { olderSize: 1_000 }, token);
  expect(missing.errors?.[0].extensions.code).toBe('NOT_FOUND');
  const { data } = await server.query(CONSISTENCY, { olderSize }, token);
  const consistency = data.treeConsistency;
  expect(consistency).toMatchObject({ olderSize, newerSize: olderSize + 3 });

  const file = async (name: string, content: string | object) => {
    const path = join(folder.path, name);
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  const kept = await file('kept.log', await readFile(checkpoints, 'utf8'));
  await server.stop();
  const key = await file('key', first.publicKey);
  const otherKey = await file('other-key', OTHER_KEY);
  const verify = async (...args: string[]) => {
    const { code, output, complaint } = await runCli(['verify', ...args, '-o', 'json']);
    return { code, complaint, report: output === '' ? undefined : JSON.parse(output)[0] };
  };

  // The events are not needed, so an auditor need not see them.
  const { runId, inclusion } = first;
  const run = await file('run.json', { runId, inclusion });
  const proof = await file('proof.json', consistency);
  const trusted = ['--key', otherKey, '--key', key];
  const covered = { code: 0, report: { valid: true, id: runId, keyTrusted: true, checkpoint: { size: olderSize } } };
  expect(await verify('inclusion', run, ...trusted)).toMatchObject(covered);
  expect(await verify('inclusion', run, '--checkpoint', kept, ...trusted)).toMatchObject(covered);
  const newer = ['--checkpoint', kept, '--consistency', proof];
  expect(await verify('inclusion', run, ...newer, ...trusted)).toMatchObject({
    code: 0,
    report: { valid: true, checkpoint: { size: olderSize + 3 } },
  });
  const other = await file('other.json', { runId, inclusion: { ...inclusion, seq: inclusion.seq + 1 } });
  expect(await verify('inclusion', other, ...newer, ...trusted)).toMatchObject({ code: 1, report: { valid: false } });
  expect(await verify('inclusion', run, '--key', otherKey)).toMatchObject({ code: 1, report: { valid: false } });
  const unknownSize = await file('none.log', (await readFile(kept, 'utf8')).split('\n').slice(-6).join('\n'));
  expect(await verify('inclusion', run, '--checkpoint', unknownSize, ...trusted)).toMatchObject({
    code: 1,
    complaint: expect.stringContaining(`no checkpoint of ${olderSize} leaves. It has one of`),
  });

  expect(await verify('consistency', proof)).toMatchObject({ code: 0, report: { valid: true, keyTrusted: false } });
  expect(await verify('consistency', proof, '--older', kept, '--newer', kept, ...trusted)).toMatchObject({
    code: 0,
    report: { keyTrusted: true, older: { size: olderSize }, newer: { size: olderSize + 3 } },
  });
  const forged = await file('forged.json', { ...consistency, proof: consistency.proof.toReversed().slice(1) });
  const found = await verify('consistency', forged, ...trusted);
  expect(found).toMatchObject({ code: 1, report: { valid: false, problems: [expect.stringMatching(/was changed/)] } });
  const text = await runCli(['verify', 'consistency', proof, ...trusted]);
  expect(text).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^Valid\n {2}older .*\n {2}key .*trusted\n {2}newer /),
  });
  const notProof = await verify('consistency', run);
  expect(notProof).toMatchObject({ code: 1, complaint: expect.stringContaining('not a proof of consistency') });
  expect(await verify('inclusion', run, '--consistency', proof)).toMatchObject({ code: 2 });
});

const sizeOf = (note: string) => Number(note.split('\n')[1]);

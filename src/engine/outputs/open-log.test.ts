import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ADMIN, BOB } from '../../../test/support/engine/engine.ts';
import { log, runCreated } from '../../../test/support/store/sample-events.ts';
import { silentLogger, sqliteHarness } from '../../../test/support/store/sqlite-harness.ts';
import { newId } from '../../core/ids.ts';
import { loadPolicy } from '../../policy/load-policy.ts';
import { openLog } from './open-log.ts';

const file = (name: string) => join(import.meta.dirname, '../../../policy', name);

it('the log of a run is read a page at a time, of any length, by those who may see the run', async () => {
  const harness = await sqliteHarness();
  const store = await harness.open();
  const policy = await loadPolicy({
    modelFile: file('model.conf'),
    rulesFile: file('policy.csv'),
    logger: silentLogger,
  });
  const deps = { policy, journal: store.journal, reader: store.reader };
  const [runId, other] = [newId('run'), newId('run')];
  await store.journal.append(other, 1, [runCreated(), log('not this one')]);
  await store.journal.append(runId, 1, [runCreated()]);
  for (let at = 0; at < 1_000; at += 200) {
    const lines = Array.from({ length: 200 }, (_, i) => log(`line ${at + i}`, 'INFO', i % 2 === 0 ? 'even' : 'odd'));
    await store.journal.append(runId, at + 2, lines);
  }
  await store.journal.append(runId, 1_002, [log('two\nlines', 'ERROR')]);

  const pages: string[] = [];
  for await (const page of await openLog(deps, ADMIN, runId)) pages.push(page);
  expect(pages.length).toBeGreaterThan(1);
  const lines = pages.join('').split('\n');
  expect(lines.slice(0, 1_000).map((line) => line.replace(/^\S+ INFO /, ''))).toEqual(
    Array.from({ length: 1_000 }, (_, i) => `[${i % 2 === 0 ? 'even' : 'odd'}] line ${i}`),
  );
  expect(lines.slice(1_000)).toEqual([expect.stringMatching(/^\d{4}-\S+Z ERROR two$/), 'lines', '']);
  let even = '';
  for await (const page of await openLog(deps, ADMIN, runId, 'even')) even += page;
  expect(even.match(/\[even\]/g)).toHaveLength(500);
  expect(even).not.toContain('[odd]');
  await expect(openLog(deps, BOB, runId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  policy.close();
  await store.close();
  await harness.remove();
});

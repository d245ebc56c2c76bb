import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTempFolder } from '../../../../test/support/temp-folder.ts';
import { changeHosts, readHosts } from './hosts-file.ts';

test('changes that happen at once are all kept', async () => {
  await using folder = await createTempFolder();
  const file = join(folder.path, 'signalbox', 'hosts.json');
  const names = Array.from({ length: 10 }, (_, index) => `p${index}`);
  const host = { url: 'https://signalbox.example.com', username: 'alice', token: 'secret' };
  await Promise.all(names.map((name) => changeHosts(file, (hosts) => ({ ...hosts, [name]: host }))));
  expect(Object.keys(await readHosts(file)).toSorted()).toEqual(names);
});

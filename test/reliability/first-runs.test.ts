import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createScratchDatabase } from '../../scripts/scratch-database.ts';
import { startServer } from '../support/server.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestUsers } from '../support/test-users.ts';

const WORKFLOW = {
  document: { name: 'first', steps: [{ id: 'add', kind: 'transform', input: { data: 1, expression: '$ + 1' } }] },
};

await onPostgres(() => {
  describe('two nodes that start together on an empty database', () => {
    it('both accept runs as soon as they listen', async () => {
      await using folder = await createTempFolder();
      const database = await createScratchDatabase();
      const start = async (name: string) => {
        const env = { DATABASE_URL: database.url, ARTIFACTS_DIR: join(folder.path, 'artifacts') };
        const server = await startServer({ dataDir: join(folder.path, name), env });
        const users = await createTestUsers(server);
        const runs = await Promise.all([1, 2, 3].map(() => users.start(WORKFLOW, { waitMs: 60_000 })));
        return { server, states: runs.map(({ state }) => state) };
      };
      const nodes = await Promise.all([start('a'), start('b')]);
      for (const { server } of nodes) await server.stop();
      await database.remove();
      expect(nodes.flatMap(({ states }) => states)).toEqual(Array(6).fill('SUCCEEDED'));
    });
  });
});

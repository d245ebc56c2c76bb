import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { outcomeOf } from '../support/outcome.ts';
import { type Server, startServer, tokenFor } from '../support/server.ts';
import { createMigratedDatabase } from '../support/store/migrated-database.ts';
import { onPostgres } from '../support/store/on-postgres.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

await onPostgres(() => {
  it('two nodes keep the rate of a policy together, and follow a change of its file', async () => {
    await using folder = await createTempFolder();
    const database = await createMigratedDatabase();
    const shipped = await readFile('policy/policy.csv', 'utf8');
    const policyFile = join(folder.path, 'policy.csv');
    const writeRate = (rate: string) =>
      writeFile(policyFile, `${shipped}\np, analyst, command:convertToBase64, **, *, throttle, rate=${rate}\n`);
    await writeRate('4/h');
    const nodes: Server[] = [];
    try {
      for (const name of ['a', 'b']) {
        const env = { DATABASE_URL: database.url, POLICY_FILE: policyFile };
        nodes.push(await startServer({ dataDir: join(folder.path, name), env }));
      }
      const countNodes = async (node: Server) =>
        Number(/^signalbox_nodes (\d+)/m.exec(await (await node.fetch('/metrics')).text())?.[1]);
      for (const node of nodes) await until('it knows the other', async () => (await countNodes(node)) === 2);
      const token = await tokenFor('alice', { roles: ['analyst'] });
      const input = { source: { text: { text: 'x' } } };
      const outcomes = async () => {
        const all: string[] = [];
        for (let i = 0; i < 3; i += 1) {
          for (const node of nodes) all.push(await outcomeOf(node, token, 'convertToBase64', input));
        }
        return all;
      };
      expect(await outcomes()).toEqual(['done', 'done', 'done', 'done', 'THROTTLED', 'THROTTLED']);
      await writeRate('4000/h');
      for (const node of nodes) await until('it reloaded the policy', () => node.logged('policy.reloaded').length > 0);
      expect(new Set(await outcomes())).toEqual(new Set(['done']));
    } finally {
      for (const node of nodes) await node.stop('SIGKILL');
      await database.remove();
    }
  });
});

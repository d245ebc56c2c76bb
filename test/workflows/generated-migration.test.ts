import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { expect, it } from 'vitest';
import { codegen } from '../../src/step-kinds/codegen.ts';
import { plan } from '../../src/step-kinds/plan.ts';
import { createTestStepSession } from '../support/step-kinds/step-session.ts';
import { onPostgres } from '../support/store/on-postgres.ts';

const stacksDir = fileURLToPath(new URL('../../examples/stacks', import.meta.url));

await onPostgres((makeHarness) => {
  it.each(['Order', 'Listing'])(
    'the generated migration creates the table of %s on PostgreSQL, and can run twice',
    async (resource) => {
      const session = createTestStepSession();
      const input = {
        goal: 'g',
        resource,
        stack: 'fastapi-sqlalchemy',
        requirements: ['rank: integer', 'paid_at: datetime'],
      };
      const servicePlan = await plan({ stacksDir }).run(input, session);
      await codegen({ stacksDir }).run({ plan: servicePlan as never }, session);
      const table = `${resource.toLowerCase()}s`;
      const sql = session.artifacts.get(`migrations/0001_create_${table}.sql`) ?? '';
      const { url, remove } = await makeHarness();
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      try {
        await client.query(sql);
        await client.query(sql);
        const { rows } = await client.query(
          'SELECT column_name, data_type, is_nullable FROM information_schema.columns WHERE table_name = $1',
          [table],
        );
        const columns = Object.fromEntries(rows.map((row) => [row.column_name, `${row.data_type} ${row.is_nullable}`]));
        expect(columns).toMatchObject({
          id: 'character varying NO',
          currency: 'character varying NO',
          status: 'character varying YES',
          rank: 'bigint YES',
          paid_at: 'timestamp with time zone YES',
          created_at: 'timestamp with time zone NO',
        });
        const indexes = await client.query('SELECT indexname FROM pg_indexes WHERE tablename = $1', [table]);
        expect(indexes.rows).toContainEqual({ indexname: `ix_${table}_created_at` });
      } finally {
        await client.end();
        await remove();
      }
    },
  );
});

import { expect, it } from 'vitest';
import { openWorkerTables } from '../../../test/support/cap/restrictions.ts';
import { systemClock } from '../../core/clock.ts';
import type { WorkerHandshakes } from '../../core/runtime.ts';
import { createHandshakeLog } from './handshake-log.ts';

const { handshakes } = await openWorkerTables();
const handshake = (workerId: string, topic = 'job.a') => ({ workerId, topics: [topic], sdkVersion: '' });

it('writes what is new, once, in batches, and tries again what failed', async () => {
  const saved: number[] = [];
  const lines: string[] = [];
  let isDown = true;
  const table: WorkerHandshakes = {
    ...handshakes,
    save: async (rows) => {
      if (isDown) throw new Error('down');
      saved.push(rows.length);
      await handshakes.save(rows);
    },
  };
  const logger = { debug() {}, info() {}, warn: (event: string) => void lines.push(event), error() {} };
  const log = createHandshakeLog(table, systemClock, logger);
  for (let i = 0; i < 600; i += 1) log.add(handshake(`w${i}`));
  await log.flush();
  await log.flush();
  expect(lines).toEqual(['workers.handshakes_unsaved']);
  isDown = false;
  for (let i = 0; i < 600; i += 1) log.add(handshake(`w${i}`));
  log.add(handshake('w0', 'job.b'));
  log.remove(['w1']);
  await log.flush();
  await log.flush();
  await log.flush();
  expect(saved.reduce((sum, rows) => sum + rows, 0)).toBe(599);
  const rows = await handshakes.list();
  expect(rows).toHaveLength(599);
  expect(rows.find(({ workerId }) => workerId === 'w0')).toMatchObject({ topics: ['job.b'] });
  expect(rows.some(({ workerId }) => workerId === 'w1')).toBe(false);
});

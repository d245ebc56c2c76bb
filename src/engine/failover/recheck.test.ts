import { expect, it, vi } from 'vitest';
import { systemClock } from '../../core/clock.ts';
import { Fault } from '../../core/errors.ts';
import { createFailover } from './failover.ts';

const logger = { debug() {}, info() {}, warn() {}, error() {} };

/** A node that drives no run, and is asked to take one over. */
function idleFailover() {
  const takeOver = vi.fn(async (_: string) => false);
  const failover = createFailover({
    leases: {
      nodeId: 'node',
      renew: async () => ({
        renewed: true,
        nodes: [],
        claimable: false,
        nextScheduleAt: undefined,
        nextWakeAt: undefined,
      }),
      claim: async () => [],
      takeOver,
      release: async () => {},
    },
    inbox: { onMessage: () => () => {} },
    runs: { get: () => undefined, size: 0 },
    clock: systemClock,
    logger,
    onNextSchedule() {},
    async onNodeEnded() {},
  } as unknown as Parameters<typeof createFailover>[0]);
  return { failover, takeOver };
}

it('recovers a run that crashed the engine at the next heartbeat, at most three times', async () => {
  const { failover, takeOver } = idleFailover();
  for (let crash = 1; crash <= 5; crash += 1) {
    failover.onReleased('run', new Fault('INTERNAL', 'The engine failed.'));
    await failover.tick();
  }
  expect(takeOver.mock.calls).toEqual([['run'], ['run'], ['run']]);
});

it.each([
  [{ inDoubt: true }, 1],
  [{ nextSeq: 4 }, 1],
  [{ owner: 'node_other' }, 0],
  [undefined, 0],
])('of a run that was released with %o it takes over %i', async (details, count) => {
  const { failover, takeOver } = idleFailover();
  failover.onReleased('run', new Fault('CONFLICT', 'Released.', details && { details }));
  await failover.tick();
  expect(takeOver).toHaveBeenCalledTimes(count);
});

import { newId } from '../../core/ids.ts';
import type { Inbox } from '../../core/leases.ts';
import type { User } from '../../core/principal.ts';
import type { RunRecord } from '../../core/run.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { RunHandle } from '../driver/drive-run.ts';
import type { Failover } from './failover.ts';
import { toMachineInput } from './inbox-consumer.ts';

/** Jobs that are read and cancelled at once. */
const PAGE_JOBS = 100;

interface JobFamilyDeps {
  readonly reader: Pick<StoreReader, 'run' | 'unfinishedJobs' | 'unfinishedOfCancelled'>;
  readonly inbox: Pick<Inbox, 'send'>;
  readonly failover: Pick<Failover, 'find' | 'onLeftovers'>;
  readonly logger: Logger;
}

/** The jobs that were submitted on behalf of a run: they are cancelled with it. */
export interface JobFamily {
  /** Cancels the unfinished jobs of the run, on every node. Rejects when one of them could not be told. */
  cancelJobs(parent: RunRecord, by: User): Promise<void>;
  /** Cancels the new job if its parent was cancelled before the job was recorded. Never rejects. */
  cancelWithParent(job: RunHandle, parentId: string): Promise<void>;
  /**
   * Cancels the unfinished jobs and sub-workflows of runs that were cancelled, which a node that ended in between has left. Rejects
   * when one of them could not be told.
   */
  cancelLeftovers(): Promise<void>;
}

export function createJobFamily({ reader, inbox, failover, logger }: JobFamilyDeps): JobFamily {
  const cancel = async (runId: string, parentId: string, by: User): Promise<void> => {
    const reason = `its parent run ${parentId} was cancelled`;
    const message = { id: newId('msg'), runId, type: 'cancel', by, reason, compensate: false } as const;
    const handle = await failover.find(runId);
    if (handle) return handle.send(toMachineInput(message));
    await inbox.send(message);
    // Its node may have parked it in the meantime.
    await failover.find(runId);
  };
  return {
    async cancelJobs({ id, principal: { tenant } }, by) {
      for (let after = ''; ; ) {
        const page = await reader.unfinishedJobs(tenant, id, after, PAGE_JOBS);
        await Promise.all(page.map((runId) => cancel(runId, id, by)));
        if (page.length < PAGE_JOBS) return;
        after = page.at(-1) ?? after;
      }
    },
    async cancelLeftovers() {
      for (let after = ''; ; ) {
        const page = await reader.unfinishedOfCancelled(after, PAGE_JOBS);
        if (page.length > 0) logger.info('engine.cancelling_leftovers', { runs: page.length });
        await Promise.all(
          page.map(async ({ id, tenant, parentId }) => {
            const run = await reader.run({ tenant }, id);
            if (run) await cancel(id, parentId, run.principal);
          }),
        );
        if (page.length < PAGE_JOBS) return;
        after = page.at(-1)?.id ?? after;
      }
    },
    async cancelWithParent(job, parentId) {
      const { id: runId, principal } = job.run.record;
      try {
        await job.flush();
        const parent = await reader.run({ tenant: principal.tenant }, parentId);
        if (parent?.state === 'CANCELLED') await cancel(runId, parentId, principal);
      } catch (error) {
        logger.warn('job.cancel_failed', { runId, parentId, error: String(error) });
        failover.onLeftovers();
      }
    },
  };
}

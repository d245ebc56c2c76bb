import type { AccountStandings } from '../../../core/accounts/accounts.ts';
import type { Clock } from '../../../core/clock.ts';
import type { StoreReader } from '../../../core/store-reader.ts';
import type { Logger } from '../../../core/telemetry.ts';
import {
  type DueSchedule,
  SCHEDULE_LABEL,
  type ScheduleRecord,
  type Schedules,
} from '../../../core/workflows/workflows.ts';
import { dueTimes, nextTime } from '../../../workflow/model/schedule-times.ts';
import type { ScheduleRule } from '../../../workflow/model/workflow-document.ts';
import { type StartWorkflowDeps, startWorkflow } from '../start-workflow.ts';

interface SchedulerDeps extends StartWorkflowDeps {
  readonly schedules: Schedules;
  readonly standings: Pick<AccountStandings, 'standingOf'>;
  readonly reader: StoreReader;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Starts scheduled workflows when they are due. */
export interface Scheduler {
  /** Sets when the next one is due; undefined for none. */
  setNextDue(nextAt: Date | undefined): void;
  /** Starts all that are due now. */
  tick(): Promise<void>;
  stop(): void;
}

/** Maximum of schedules of one tick. */
const MAX_SCHEDULES_PER_TICK = 100;
/** A time within this period was not missed: the server was only busy. */
const MISSED_GRACE_MS = 60_000;

export function createScheduler(deps: SchedulerDeps): Scheduler {
  const { schedules, standings, reader, clock, logger } = deps;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  /**
   * May run twice, and on two nodes: the time is the run's idempotency key. The run has the roles of today; if the account is
   * gone, it is denied.
   */
  const start = async ({ tenant: _, name, principal }: ScheduleRecord, at: Date): Promise<void> => {
    const idempotencyKey = `schedule:${name}:${at.toISOString()}`;
    const labels = { [SCHEDULE_LABEL]: name };
    const request = { source: { name }, labels, idempotencyKey, priority: 'BATCH' } as const;
    const standing = standings.standingOf(principal);
    const { roles } = standing.state === 'current' ? standing : principal;
    await startWorkflow(deps, { kind: 'system', reason: 'schedule', ...principal, roles }, request);
    logger.info('schedule.started', { workflow: name, tenant: principal.tenant, at: at.toISOString() });
  };

  const isUnderWay = async ({ tenant, name }: ScheduleRecord): Promise<boolean> => {
    const filter = {
      workflow: name,
      label: { [SCHEDULE_LABEL]: name },
      state: ['PENDING', 'RUNNING', 'WAITING'],
    } as const;
    return (await reader.runs({ tenant }, filter, { first: 1 })).edges.length > 0;
  };

  /** Schedules that became due during their previous run, and start after it. */
  const queued = new Set<string>();

  const serve = async (schedule: DueSchedule): Promise<void> => {
    const rule = schedule.rule as unknown as ScheduleRule;
    const now = clock.now();
    const times = dueTimes(rule, schedule.nextAt, now);
    const due = timesToStart(rule, times, now);
    const name = JSON.stringify([schedule.tenant, schedule.name, schedule.nextAt]);
    const busy = rule.overlap !== 'allow' && (await isUnderWay(schedule));
    if (busy && rule.overlap === 'queue') {
      // It stays due until the previous run ends; by then it would look like a missed time.
      if (due.length > 0) queued.add(name);
      return;
    }
    const waited = queued.delete(name) && due.length === 0;
    const starting = busy ? [] : waited ? times.slice(-1) : due;
    for (const [i, at] of starting.entries()) {
      const following = starting[i + 1];
      try {
        await start(schedule, at);
      } catch (error) {
        const { code = 'INTERNAL' } = error as { code?: string };
        const fields = { workflow: schedule.name, at: at.toISOString(), code, error: String(error) };
        logger.error('schedule.failed', fields);
        // When the server is unavailable, the next heartbeat tries again; anything else would fail again.
        if (code === 'UNAVAILABLE') return;
      }
      if (following && rule.overlap === 'queue') {
        await schedules.advance(schedule, following);
        return;
      }
    }
    await schedules.advance(schedule, nextTime(rule, now));
  };

  const tick = async (): Promise<void> => {
    for (const schedule of await schedules.due(clock.now(), MAX_SCHEDULES_PER_TICK)) {
      if (stopped) return;
      await serve(schedule);
    }
  };

  return {
    setNextDue(nextAt) {
      clearTimeout(timer);
      if (!nextAt || stopped) return;
      const delayMs = Math.max(0, nextAt.getTime() - clock.now().getTime());
      // A later heartbeat sets what is far away.
      if (delayMs > 60_000) return;
      timer = setTimeout(() => {
        tick().catch((error: unknown) => logger.error('schedule.failed', { error: String(error) }));
      }, delayMs);
    },
    tick,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function timesToStart({ catchUp }: ScheduleRule, times: readonly Date[], now: Date): readonly Date[] {
  if (catchUp === 'all') return times;
  const last = times.slice(-1);
  if (catchUp === 'one') return last;
  return last.filter((at) => now.getTime() - at.getTime() <= MISSED_GRACE_MS);
}

import type { Clock } from '../../core/clock.ts';
import { Fault } from '../../core/errors.ts';
import type { Journal } from '../../core/journal.ts';
import { type Inbox, type Leases, NEVER } from '../../core/leases.ts';
import type { RunRecord } from '../../core/run.ts';
import type { FlowRules } from '../../core/run-rules.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { FlowKey, FlowTicket, FlowTickets } from '../../core/workflows/flow-control.ts';
import type { RunHandle } from '../driver/drive-run.ts';
import type { RunStart } from '../driver/run-start.ts';
import { toMachineInput } from '../failover/inbox-consumer.ts';
import type { MachineInput } from '../model/machine-input.ts';
import type { RunAggregate } from '../model/run-aggregate.ts';
import { createFlowRounds } from './flow-rounds.ts';

export interface FlowControlDeps {
  readonly tickets: FlowTickets;
  readonly journal: Pick<Journal, 'append' | 'head'>;
  readonly leases: Pick<Leases, 'park'>;
  readonly inbox: Pick<Inbox, 'read' | 'acknowledge'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Runs that this node has room for. */
  room(): number;
  /** Drives the run, if it is parked and has its turn. */
  find(runId: string): Promise<RunHandle | undefined>;
  /** Cancels a run whose place another one takes. */
  cancel(runId: string, by: RunRecord, reason: string): Promise<void>;
}

/** A run that waits for its turn: it is recorded, and nothing of it is in memory. */
export interface Held {
  readonly held: RunRecord;
}

/** Limits the runs of a workflow by keys. The tickets in the database decide, for all nodes. */
export interface FlowControl {
  /**
   * Starts a run if it has its turn. Otherwise it is recorded, and starts later, on any node.
   * @param drive starts it here @throws Fault THROTTLED when its workflow refuses more, and what `drive` throws
   */
  start(start: RunStart, rules: FlowRules, drive: () => Promise<RunHandle>): Promise<RunHandle | Held>;
  /**
   * How a run continues that this node has just read: as it was asked for, or not now, because it waits for its turn.
   * @returns undefined when it was parked again
   */
  inputOf(run: RunAggregate, input: MachineInput): Promise<MachineInput | undefined>;
  /** To be called with every run that has ended here. */
  onEnded(run: RunRecord): void;
  /** The ticket of a run that waits for its turn, and how many are before it, at most 1,000. */
  waitOf(run: RunRecord): Promise<{ readonly ticket: FlowTicket; readonly ahead: number } | undefined>;
  begin(): void;
  stop(): Promise<void>;
}

const MAX_COUNTED_AHEAD = 1_000;

export function createFlowControl(deps: FlowControlDeps): FlowControl {
  const { tickets, clock, logger } = deps;
  const rounds = createFlowRounds({
    ...deps,
    head: () => deps.journal.head(),
    admit: (key, limit) => admit(key, limit),
  });

  /** Gives runs their turn, and starts them here. */
  const admit = async (key: FlowKey, limit: number): Promise<number> => {
    const runIds = await tickets.admit(key, limit, clock.now());
    for (const runId of runIds) {
      // If this fails, a later round finds that it waits although it has its turn.
      await deps
        .find(runId)
        .catch((error: unknown) => logger.warn('flow.start_failed', { runId, error: String(error) }));
    }
    return runIds.length;
  };

  /** If it gets its turn in between, a later round finds that it waits although it has its turn. */
  const park = async (runId: string, seq: number): Promise<void> => {
    await deps.leases.park([{ runId, seq, until: NEVER, childIds: [] }]);
  };

  const enqueue = async (record: RunRecord, rules: FlowRules): Promise<FlowTicket> => {
    const { id: runId, workflow = '', priority } = record;
    const { tenant } = record.principal;
    const { ticket, cancel } = await tickets.enqueue({ runId, tenant, workflow, priority, rules }, clock.now());
    for (const oldest of cancel) {
      const reason = `run ${runId} has taken its place`;
      // Not awaited: its node may take long, and until it has ended this one waits.
      deps.cancel(oldest, record, reason).catch((error: unknown) => {
        logger.warn('flow.cancel_failed', { runId: oldest, error: String(error) });
      });
    }
    if (ticket.state === 'WAITING') rounds.wakeAt(ticket.notBefore);
    return ticket;
  };
  /** A run that the journal refused, because another one has its idempotency key, leaves its turn to the next. */
  const removeUnlessRecorded = (handle: RunHandle): RunHandle => {
    const { record } = handle.run;
    void handle.released.then(async (end) => {
      if (!(end instanceof Fault) || record.headPosition > 0) return;
      await tickets.remove(record.id).catch(() => {});
    });
    return handle;
  };

  return {
    async start({ run, events }, rules, drive) {
      const { record } = run;
      const ticket = await enqueue(record, rules);
      try {
        if (ticket.state === 'ACTIVE') return removeUnlessRecorded(await drive());
        const at = clock.now();
        const waits = { type: 'LOG', at, payload: { level: 'INFO', text: waitText(ticket, at) } } as const;
        const stored = await deps.journal.append(record.id, 1, [...events, waits]);
        await park(record.id, stored.events.length);
        if ((await tickets.find(record.id))?.state === 'ACTIVE') await deps.find(record.id);
      } catch (error) {
        // Unless it is recorded all the same: then the node that takes it over gives it another ticket.
        await tickets.remove(record.id).catch(() => {});
        throw error;
      }
      return { held: record };
    },
    async inputOf({ record }, input) {
      const rules = record.plan?.flow;
      if (!rules || record.state !== 'PENDING' || record.rerunOf !== undefined) return input;
      const messages = await deps.inbox.read([record.id]);
      // It is delivered once more, and acknowledged then.
      const cancel = messages.find(({ type }) => type === 'cancel');
      if (cancel) return toMachineInput(cancel);
      // Nothing else can be for a run that has not begun; left there it would be read again and again.
      await deps.inbox.acknowledge(messages.map(({ id }) => id));
      if ((await enqueue(record, rules)).state === 'ACTIVE') return input;
      await park(record.id, record.seq);
      return undefined;
    },
    onEnded({ id, plan, principal: { tenant }, workflow = '' }) {
      if (!plan?.flow) return;
      const key = plan.flow.concurrency?.key ?? '';
      tickets
        .remove(id)
        .then(() => rounds.onFree({ tenant, workflow, key }))
        .catch((error: unknown) => logger.warn('flow.release_failed', { runId: id, error: String(error) }));
    },
    async waitOf({ id, state, plan }) {
      if (state !== 'PENDING' || !plan?.flow) return undefined;
      const ticket = await tickets.find(id);
      if (ticket?.state !== 'WAITING') return undefined;
      return { ticket, ahead: await tickets.countAhead(ticket, MAX_COUNTED_AHEAD) };
    },
    begin: rounds.begin,
    stop: rounds.stop,
  };
}

/** Why a run waits. */
export function waitReason({ notBefore, isDebounced }: FlowTicket, now: Date): 'CONCURRENCY' | 'RATE' | 'DEBOUNCE' {
  if (notBefore <= now) return 'CONCURRENCY';
  return isDebounced ? 'DEBOUNCE' : 'RATE';
}

function waitText(ticket: FlowTicket, now: Date): string {
  const { workflow, key, limit, notBefore } = ticket;
  switch (waitReason(ticket, now)) {
    case 'RATE':
      return `Waits until ${notBefore.toISOString()}: ${workflow} limits how often it begins.`;
    case 'DEBOUNCE':
      return `Waits until ${notBefore.toISOString()}, unless ${workflow} is started again before: then that run takes its place.`;
    case 'CONCURRENCY': {
      const which = key === '' ? '' : ` with the key ${JSON.stringify(key)}`;
      return `Waits for its turn: ${workflow} allows ${limit === 1 ? 'one run' : `${limit} runs`}${which} at once.`;
    }
  }
}

/** @throws Fault CONFLICT */
export function assertNotHeld(wait: unknown, runId: string): void {
  if (wait === undefined) return;
  throw new Fault(
    'CONFLICT',
    `Run ${runId} waits for its turn, and has no steps yet that take a signal. Send it later.`,
  );
}

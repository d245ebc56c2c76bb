import { isFinalRunState, type RunState } from '../../../core/states.ts';
import type { SourceEvent, WebhookEvent, WebhookSource } from '../../../core/workflows/webhooks.ts';
import type { Prisma, Transactions } from '../../connections/transactions.ts';
import { createJournalCursor } from '../journal-cursor.ts';

interface WebhookSourceDeps {
  readonly prisma: Prisma;
  readonly transactions: Transactions;
  readonly nodeId: string;
}

/** Positions of the journal in one read. */
const MAX_POSITIONS = 5_000;

interface Row {
  readonly position: bigint | number;
  readonly tenant: string;
  readonly runId: string;
  readonly type: string;
  readonly at: Date | string | number | bigint;
  readonly payload: string;
}

/**
 * The ends of runs and the approvals in `events`, read from the position in the table `cursors` on. Nothing is read while
 * there is no webhook, and nothing from before the oldest one.
 */
export function createWebhookSource(deps: WebhookSourceDeps): WebhookSource {
  const { prisma } = deps;
  const cursor = createJournalCursor(deps, 'webhooks');
  return {
    async next(now, untilMs) {
      const position = await cursor.claim(now, untilMs);
      // Before the events, so that all up to it are committed.
      const head = (await prisma.journal.findFirst())?.position ?? 0n;
      if (position === undefined || head <= position) return undefined;
      const oldest = await prisma.webhook.aggregate({ where: { disabledAt: null }, _min: { since: true } });
      const since = oldest._min.since ?? head;
      const from = since > position ? since : position;
      const last = from + BigInt(MAX_POSITIONS);
      const to = last < head ? last : head;
      const rows = await prisma.$queryRaw<Row[]>`
        SELECT position, tenant, run_id AS "runId", type, at, payload FROM events
        WHERE position > ${from} AND position <= ${to}
          AND type IN ('RUN_STATE_CHANGED', 'APPROVAL_REQUESTED', 'APPROVAL_DECIDED') ORDER BY position`;
      return { events: rows.flatMap(toSourceEvents), position: Number(to) };
    },
    done: (position) => cursor.moveTo(BigInt(position)),
  };
}

const EVENTS: Readonly<Record<string, WebhookEvent>> = {
  RUN_STATE_CHANGED: 'run.ended',
  APPROVAL_REQUESTED: 'approval.requested',
  APPROVAL_DECIDED: 'approval.decided',
};

function toSourceEvents({ position, tenant, runId, type, at, payload }: Row): readonly SourceEvent[] {
  const event = EVENTS[type];
  const { to, id } = JSON.parse(payload) as { readonly to?: RunState; readonly id?: string };
  if (!event || (to !== undefined && !isFinalRunState(to))) return [];
  const time = at instanceof Date ? at : new Date(typeof at === 'bigint' ? Number(at) : at);
  return [{ position: Number(position), tenant, runId, event, at: time, ...(id !== undefined && { approvalId: id }) }];
}

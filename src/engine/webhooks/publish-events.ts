import type { AccountStandings } from '../../core/accounts/accounts.ts';
import type { Clock } from '../../core/clock.ts';
import type { Policy } from '../../core/policy.ts';
import type { ApprovalRecord, RunRecord } from '../../core/run.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import type { Logger } from '../../core/telemetry.ts';
import {
  MAX_DELIVERIES,
  type NewDelivery,
  type SourceEvent,
  type WebhookDeliveries,
  type WebhookRecord,
  type WebhookSource,
  type Webhooks,
} from '../../core/workflows/webhooks.ts';
import { scopeToday } from './owner-today.ts';

export interface PublishDeps {
  readonly webhooks: Pick<Webhooks, 'enabledOf' | 'disable'>;
  readonly deliveries: Pick<WebhookDeliveries, 'add' | 'countWaiting'>;
  readonly source: WebhookSource;
  readonly reader: Pick<StoreReader, 'run' | 'approval'>;
  readonly standings: Pick<AccountStandings, 'standingOf'>;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** For so long the other nodes leave the journal to this one. */
const CLAIM_MS = 10_000;

/**
 * Turns what has happened in the journal into deliveries: one for each webhook that wants the event and whose owner may see the
 * run. If the node dies on the way another one does it again, and what is there already is not added twice.
 * @returns whether there may be more
 */
export async function publishEvents(deps: PublishDeps): Promise<boolean> {
  const next = await deps.source.next(deps.clock.now(), CLAIM_MS);
  if (!next) return false;
  const { events, position } = next;
  const webhooks = events.length > 0 ? await deps.webhooks.enabledOf([...new Set(events.map(tenantOf))]) : [];
  const full = new Set<string>();
  for (const webhook of webhooks) if (await disableIfFull(deps, webhook)) full.add(webhook.id);
  const deliveries: NewDelivery[] = [];
  for (const event of events) {
    for (const webhook of webhooks) {
      if (full.has(webhook.id) || !wants(webhook, event)) continue;
      const body = await bodyOf(deps, webhook, event);
      if (body === undefined) continue;
      const { tenant, runId, position } = event;
      deliveries.push({ webhookId: webhook.id, tenant, runId, position, event: event.event, body });
    }
  }
  await deps.deliveries.add(deliveries, deps.clock.now());
  await deps.source.done(position);
  return true;
}

const tenantOf = ({ tenant }: SourceEvent) => tenant;

function wants({ tenant, events, since }: WebhookRecord, event: SourceEvent): boolean {
  return tenant === event.tenant && event.position > since && events.includes(event.event);
}

async function disableIfFull({ webhooks, deliveries, clock, logger }: PublishDeps, { id, tenant }: WebhookRecord) {
  if ((await deliveries.countWaiting(id, MAX_DELIVERIES)) < MAX_DELIVERIES) return false;
  await webhooks.disable(id, 'BACKLOG', clock.now());
  logger.warn('webhook.disabled', { webhookId: id, tenant, reason: 'BACKLOG' });
  return true;
}

/** Undefined when the webhook does not get the event. The body is small: what is large is read by the id of the run. */
async function bodyOf(deps: PublishDeps, webhook: WebhookRecord, event: SourceEvent): Promise<string | undefined> {
  const scope = scopeToday(deps, webhook.principal);
  const run = scope && (await deps.reader.run(scope, event.runId));
  if (!run || (webhook.workflow !== undefined && run.workflow !== webhook.workflow)) return undefined;
  const approval = event.approvalId === undefined ? undefined : await deps.reader.approval(scope, event.approvalId);
  if (event.approvalId !== undefined && !approval) return undefined;
  const data = { run: runData(run), ...(approval && { approval: approvalData(approval) }) };
  return JSON.stringify({ type: event.event, timestamp: event.at.toISOString(), data });
}

function runData({ id, kind, state, workflow, goal, labels, principal, createdAt, finishedAt, error }: RunRecord) {
  return {
    ...{ id, kind, state, workflow, goal, labels, started_by: principal.username },
    ...{ created_at: createdAt, finished_at: finishedAt },
    ...(error && { error: { code: error.code, message: error.message, step: error.step } }),
  };
}

function approvalData({ id, step, state, reason, roles, requestedAt, expiresAt, decidedBy, comment }: ApprovalRecord) {
  return {
    ...{ id, step, state, reason, roles, requested_at: requestedAt, expires_at: expiresAt },
    ...{ decided_by: decidedBy?.username, comment },
  };
}

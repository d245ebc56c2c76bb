import type { Scope, User } from '../principal.ts';
import type { Page, PageArgs } from '../store-reader.ts';

/** What a webhook may get, as its body names it. */

export type WebhookEvent = 'run.ended' | 'approval.requested' | 'approval.decided';

/** Why a webhook gets nothing until it is enabled again. */
export type WebhookDisabledReason = 'FAILING' | 'GONE' | 'BACKLOG' | 'ACCOUNT';

/** A URL that gets events of the runs that its owner may see. */
export interface WebhookRecord {
  readonly id: string;
  readonly tenant: string;
  /** The owner: on whose behalf runs are looked at. */
  readonly principal: User;
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  /** Absent for the runs of every workflow, and those of none. */
  readonly workflow?: string;
  /** Sealed. */
  readonly secret: Uint8Array;
  /** It gets the events after this position of the journal. */
  readonly since: number;
  readonly createdAt: Date;
  /** When the first of the attempts failed that have all failed since. */
  readonly failingSince?: Date;
  readonly disabledAt?: Date;
  readonly disabledReason?: WebhookDisabledReason;
}

export type WebhookDeliveryState = 'PENDING' | 'DELIVERED' | 'FAILED';

/** An event that a webhook gets, or has got. */
export interface WebhookDeliveryRecord {
  /** `webhook-id` of every attempt. */
  readonly id: string;
  readonly webhookId: string;
  readonly tenant: string;
  readonly event: WebhookEvent;
  readonly runId: string;
  /** JSON, as it is sent. */
  readonly body: string;
  readonly state: WebhookDeliveryState;
  readonly attempts: number;
  readonly createdAt: Date;
  /** Absent once it has ended, and while the webhook is disabled. */
  readonly nextAt?: Date;
  /** HTTP status of the answer to the last attempt, if there was one. */
  readonly lastStatus?: number;
  readonly lastError?: string;
  readonly finishedAt?: Date;
}

/** Something in the journal that a webhook may get. */
export interface SourceEvent {
  readonly position: number;
  readonly tenant: string;
  readonly runId: string;
  readonly event: WebhookEvent;
  readonly at: Date;
  /** With `approval.…`. */
  readonly approvalId?: string;
}

export interface NewDelivery extends Pick<WebhookDeliveryRecord, 'webhookId' | 'tenant' | 'event' | 'runId' | 'body'> {
  readonly position: number;
}

/** How an attempt ended. Without `nextAt` there is no further one. */
export interface DeliveryOutcome {
  readonly state: WebhookDeliveryState;
  readonly lastStatus?: number;
  readonly lastError?: string;
  readonly nextAt?: Date;
}

/** The newest deliveries of a webhook that are kept, and how many may wait. Beyond it the webhook is disabled. */
export const MAX_DELIVERIES = 10_000;

export interface Webhooks {
  /** @throws Fault THROTTLED when a quota of the owner or of the tenant is exceeded */
  create(webhook: Omit<WebhookRecord, 'since'>): Promise<WebhookRecord>;
  find(scope: Scope, id: string): Promise<WebhookRecord | undefined>;
  list(scope: Scope, page: PageArgs): Promise<Page<WebhookRecord>>;
  /** With its deliveries. */
  remove(scope: Scope, id: string, at: Date): Promise<WebhookRecord | undefined>;
  /** Ends, or begins, that it gets nothing; what waits is kept. */
  disable(id: string, reason: WebhookDisabledReason, at: Date): Promise<boolean>;
  enable(id: string, at: Date): Promise<void>;
  /** The end of a first attempt that failed, or that one has succeeded. @returns since when all have failed */
  setFailing(webhook: WebhookRecord, since: Date | undefined): Promise<void>;
  /** Whether anybody gets anything. */
  exist(): Promise<boolean>;
  /** Those of these tenants that are enabled. */
  enabledOf(tenants: readonly string[]): Promise<readonly WebhookRecord[]>;
}

export interface WebhookDeliveries {
  list(
    webhookId: string,
    state: WebhookDeliveryState | undefined,
    page: PageArgs,
  ): Promise<Page<WebhookDeliveryRecord>>;
  find(tenant: string, id: string): Promise<WebhookDeliveryRecord | undefined>;
  /** One that exists already, of the same webhook and position, is not added again. */
  add(deliveries: readonly NewDelivery[], now: Date): Promise<void>;
  /** How many wait; counts no further than `limit`. */
  countWaiting(webhookId: string, limit: number): Promise<number>;
  /** Webhooks with deliveries that are due, in the order of their ids, after one of them. */
  nextDue(after: string, now: Date): Promise<string | undefined>;
  /**
   * The deliveries of a webhook that are due, the longest overdue first. They are due again at `until`, unless `finish` comes before;
   * of several nodes, one gets each.
   */
  claim(webhookId: string, limit: number, now: Date, until: Date): Promise<readonly WebhookDeliveryRecord[]>;
  /** Of a delivery as it was claimed. Does nothing if another node has claimed it since. */
  finish(claimed: WebhookDeliveryRecord, outcome: DeliveryOutcome, at: Date): Promise<void>;
  /** Begins again, with the same id and body. */
  retry(id: string, now: Date): Promise<void>;
  /** Removes what has ended: beyond the newest `MAX_DELIVERIES` of the webhook, and before a time. */
  trim(webhookId: string, before: Date): Promise<void>;
}

/** Reads the journal once for all nodes; one of them at a time does. */
export interface WebhookSource {
  /**
   * The next events, and the position up to which they are all; undefined while another node reads, or when nothing is new.
   * @param untilMs for how long this node reads, unless it asks again, in milliseconds from now
   */
  next(
    now: Date,
    untilMs: number,
  ): Promise<{ readonly events: readonly SourceEvent[]; readonly position: number } | undefined>;
  /** What is up to this position is done. */
  done(position: number): Promise<void>;
}

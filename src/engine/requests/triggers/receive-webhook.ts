import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { MIN_SECRET_CHARACTERS, WEBHOOK_SCHEMES } from '../../../auth/webhook-signature.ts';
import type { AccountStandings } from '../../../core/accounts/accounts.ts';
import { namedUri } from '../../../core/canonical-uri.ts';
import { Fault } from '../../../core/errors.ts';
import type { User } from '../../../core/principal.ts';
import type { StoreReader } from '../../../core/store-reader.ts';
import type { WorkflowRecord, Workflows } from '../../../core/workflows/workflows.ts';
import { networkOf } from '../../../lib/ip-address.ts';
import { type BucketRate, createTokenBuckets } from '../../../lib/token-buckets.ts';
import type { WebhookTrigger, WorkflowDocument } from '../../../workflow/model/workflow-document.ts';
import { identifyRequest } from '../../driver/run-start.ts';
import type { WebhookDelivery } from '../engine.ts';
import { checkLabels } from '../labels.ts';
import { beginWorkflow, type StartWorkflowDeps } from '../start-workflow.ts';
import { inputsOfDelivery } from './delivery-inputs.ts';

export interface WebhookReceiverDeps extends StartWorkflowDeps {
  readonly workflows: Pick<Workflows, 'find' | 'authors'>;
  readonly reader: Pick<StoreReader, 'runByIdempotencyKey'>;
  readonly standings: Pick<AccountStandings, 'standingOf'>;
  /** How many nodes share the rate limits. */
  readonly countNodes: () => number;
  /** The value of a named secret. */
  secret(name: string): string | undefined;
}

/** A webhook whose delivery is verified. */
interface Hook {
  readonly saved: WorkflowRecord;
  readonly document: WorkflowDocument;
  readonly trigger: WebhookTrigger;
  /** Of the delivery, if its sender states one. */
  readonly id?: string;
}

const MINUTE_MS = 60_000;
/** Refused deliveries: a burst of this many, and as many a minute. */
const REFUSALS_PER_NETWORK: BucketRate = { size: 120, perMs: 120 / MINUTE_MS };
const REFUSALS_PER_HOOK_IN_NETWORK: BucketRate = { size: 20, perMs: 20 / MINUTE_MS };
const MAX_BUCKETS = 20_000;
/** A refusal takes a multiple of this: its time does not say whether the webhook exists. */
const REFUSAL_MS = 100;
const MAX_KNOWN_AUTHORS = 1_000;
/** Compared with what is sent to webhooks that do not exist. */
const NO_SECRET = randomBytes(32).toString('base64');

/**
 * See `Engine.receiveWebhook`. Only refusals count against the rate limits. Neither the answer nor its time tells apart a workflow
 * that does not exist, one without a webhook, and a wrong signature.
 */
export function createWebhookReceiver(
  deps: WebhookReceiverDeps,
): (delivery: WebhookDelivery) => Promise<{ readonly runId: string }> {
  const { clock, logger } = deps;
  const buckets = createTokenBuckets({ ...deps, maxBuckets: MAX_BUCKETS });
  const authorsOf = new LRUCache<string, readonly string[]>({ max: MAX_KNOWN_AUTHORS });

  const verify = async (delivery: WebhookDelivery): Promise<Hook | string> => {
    const { tenant, name } = delivery;
    const saved = await deps.workflows.find(tenant, name);
    const document = saved && (await deps.workflowLoader.readSaved(saved)).document;
    const trigger = document?.webhook;
    const secrets = saved && trigger ? usableSecrets(deps, saved, trigger) : [];
    const scheme = WEBHOOK_SCHEMES[trigger?.scheme ?? 'standard'];
    const result = scheme(delivery, secrets.length > 0 ? secrets : [NO_SECRET], clock.now());
    if (!saved || !document || !trigger) return 'no workflow of this name has a webhook';
    if (secrets.length === 0) return 'its author may use no secret of the webhook, or the server has none';
    if (!result.valid) return result.reason;
    return { saved, document, trigger, ...(result.id !== undefined && { id: result.id }) };
  };

  /** The run of the delivery that started when the workflow belonged to another author. */
  const earlierRun = async ({ id: workflowId, tenant, name, version, createdBy }: WorkflowRecord, key?: string) => {
    if (key === undefined || version === 1) return undefined;
    const authors = authorsOf.get(workflowId) ?? (await deps.workflows.authors(tenant, name));
    authorsOf.set(workflowId, authors);
    for (const subject of authors) {
      const run = subject !== createdBy.subject && (await deps.reader.runByIdempotencyKey(tenant, subject, key));
      if (run) return run;
    }
    return undefined;
  };

  const start = async (hook: Hook, { name, body, headers, traceId }: WebhookDelivery): Promise<string> => {
    const { saved, document, trigger, id } = hook;
    const key = id === undefined ? {} : { idempotencyKey: `webhook:${name}:${sha256(id)}` };
    const earlier = await earlierRun(saved, key.idempotencyKey);
    if (earlier) return earlier.id;
    const user = userToday(deps, saved.createdBy);
    const identity = identifyRequest({ traceId, ...key }, ['webhook', name, sha256(body)]);
    const { run } = await deps.idempotency(user, identity, 0, async () => {
      const plan = document.compile(inputsOfDelivery(trigger, { headers, body }));
      const labels = { ...plan.labels, webhook: name };
      checkLabels(labels);
      const workflow = { document, saved, problems: [] };
      const { priority = 'INTERACTIVE' } = document;
      return beginWorkflow(deps, user, { workflow, plan, labels, priority }, identity);
    });
    return run.id;
  };

  return async (delivery) => {
    const since = performance.now();
    const { tenant, name, address } = delivery;
    const network = networkOf(address);
    const limits = [
      { key: `network ${network}`, rate: REFUSALS_PER_NETWORK },
      { key: `hook ${JSON.stringify([network, tenant, name])}`, rate: REFUSALS_PER_HOOK_IN_NETWORK },
    ];
    const retryAfterMs = Math.max(...limits.map(({ key, rate }) => buckets.timeUntil(key, rate, 1)));
    if (retryAfterMs > 0) {
      const message = `Too many deliveries were refused. Try again in ${Math.ceil(retryAfterMs / 1_000)} s.`;
      throw new Fault('THROTTLED', message, { retryAfterMs });
    }
    const hook = await verify(delivery);
    if (typeof hook === 'string') {
      for (const { key, rate } of limits) buckets.take(key, rate);
      logger.warn('webhook.refused', { tenant, workflow: name, reason: hook, address, traceId: delivery.traceId });
      const elapsed = performance.now() - since;
      await delay(Math.ceil(elapsed / REFUSAL_MS) * REFUSAL_MS - elapsed);
      const message =
        'There is no such webhook, or the delivery is not signed as it requires. Check the URL and the secret.';
      throw new Fault('UNAUTHENTICATED', message);
    }
    try {
      const runId = await start(hook, delivery);
      logger.info('webhook.accepted', { tenant, workflow: name, runId });
      return { runId };
    } catch (error) {
      throw withoutDecision(error, name);
    }
  };
}

/** The values of the secrets that the author may use for the webhook today. */
function usableSecrets(
  { gate, secret, standings }: Pick<WebhookReceiverDeps, 'gate' | 'secret' | 'standings'>,
  { name, createdBy }: WorkflowRecord,
  { secrets }: WebhookTrigger,
): readonly string[] {
  const author = userToday({ standings }, createdBy);
  return secrets.flatMap((one) => {
    const value = secret(one);
    const decisions = gate.preview(author, { action: `secret:${one}`, uri: namedUri('workflow', name) });
    const isDenied = decisions.some(({ effect }) => effect === 'DENY' || effect === 'APPROVE');
    return value === undefined || value.length < MIN_SECRET_CHARACTERS || isDenied ? [] : [value];
  });
}

/** With the roles of today. If the account is gone, the policy permits it nothing. */
function userToday({ standings }: Pick<WebhookReceiverDeps, 'standings'>, user: User): User {
  const standing = standings.standingOf(user);
  return standing.state === 'current' ? { ...user, roles: standing.roles } : user;
}

/** The sender is not the author: it does not learn the rules of the policy. */
function withoutDecision(error: unknown, name: string): unknown {
  if (!(error instanceof Fault) || (error.code !== 'FORBIDDEN' && error.code !== 'APPROVAL_REQUIRED')) return error;
  return new Fault(
    'FORBIDDEN',
    `The policy does not let the author of ${name} start it. Ask them to look at its runs.`,
  );
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

import { randomBytes } from 'node:crypto';
import type { Sealer } from '../../auth/sealer.ts';
import type { Clock } from '../../core/clock.ts';
import { Fault } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import type { Policy } from '../../core/policy.ts';
import type { Scope, SignedIn } from '../../core/principal.ts';
import type { Resources } from '../../core/resource.ts';
import type { Page, PageArgs } from '../../core/store-reader.ts';
import type {
  WebhookDeliveries,
  WebhookDeliveryRecord,
  WebhookDeliveryState,
  WebhookEvent,
  WebhookRecord,
  Webhooks,
} from '../../core/workflows/webhooks.ts';
import { scopeOf } from '../../policy/visibility.ts';
import type { Gate } from '../gate/gate.ts';
import { sealPurpose } from './attempt-delivery.ts';

const MAX_URL_CHARACTERS = 2_048;
const SECRET_BYTES = 32;

export interface NewWebhook {
  readonly url: string;
  readonly events: readonly WebhookEvent[];
  readonly workflow?: string;
}

/** What callers do with webhooks. They see theirs; those of the whole tenant if the policy shows them all its runs. */
export interface WebhookRequests {
  /** @returns the webhook, and the secret that signs its deliveries, which is not shown again. @throws Fault BAD_INPUT, FORBIDDEN, THROTTLED */
  create(
    principal: SignedIn,
    webhook: NewWebhook,
  ): Promise<{ readonly webhook: WebhookRecord; readonly secret: string }>;
  /** With its deliveries. @throws Fault FORBIDDEN, NOT_FOUND */
  remove(principal: SignedIn, id: string): Promise<WebhookRecord>;
  /** A webhook that was disabled gets events again, first those that waited. @throws Fault FORBIDDEN, NOT_FOUND */
  enable(principal: SignedIn, id: string): Promise<WebhookRecord>;
  /** Sends a delivery again, with the same id and body. @throws Fault FORBIDDEN, NOT_FOUND, CONFLICT while the webhook is disabled */
  redeliver(principal: SignedIn, deliveryId: string): Promise<WebhookDeliveryRecord>;
  /** @throws Fault FORBIDDEN */
  list(principal: SignedIn, page: PageArgs): Promise<Page<WebhookRecord>>;
  /** Undefined for one that the caller may not see. @throws Fault FORBIDDEN */
  find(principal: SignedIn, id: string): Promise<WebhookRecord | undefined>;
  /** Of a webhook that the caller has. */
  deliveriesOf(
    webhook: WebhookRecord,
    state: WebhookDeliveryState | undefined,
    page: PageArgs,
  ): Promise<Page<WebhookDeliveryRecord>>;
}

export interface WebhookRequestDeps {
  readonly webhooks: Webhooks;
  readonly deliveries: WebhookDeliveries;
  readonly gate: Pick<Gate, 'pass'>;
  readonly policy: Policy;
  readonly resources: Pick<Resources, 'canonicalize'>;
  readonly sealer: Sealer;
  readonly clock: Clock;
  /** What sends is told of a webhook that is enabled: without one it looks rarely. */
  wakeSender(): void;
}

export function createWebhookRequests(deps: WebhookRequestDeps): WebhookRequests {
  const { webhooks, deliveries, gate, clock } = deps;
  const scopeFor = (principal: SignedIn, action: string): Scope => {
    gate.pass(principal, { action });
    const { tenant, subject } = principal;
    return scopeOf(principal, deps.policy) ?? { tenant, subject };
  };
  const notFound = (id: string) =>
    new Fault('NOT_FOUND', `There is no webhook ${id} that you may see.`, { path: ['id'] });

  return {
    async create(principal, { url, events, workflow }) {
      const uri = webhookUri(deps, url);
      gate.pass(principal, { action: 'mutation:createWebhook', uri });
      if (events.length === 0) {
        throw new Fault('BAD_INPUT', 'A webhook needs at least one type of event.', { path: ['events'] });
      }
      const { subject, username, tenant, roles } = principal;
      const id = newId('hook');
      const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
      const webhook = await webhooks.create({
        ...{ id, tenant, url: uri.href, events: [...new Set(events)], createdAt: clock.now() },
        principal: { subject, username, tenant, roles },
        secret: deps.sealer.seal(sealPurpose({ tenant, id }), Buffer.from(secret)),
        ...(workflow !== undefined && { workflow }),
      });
      deps.wakeSender();
      return { webhook, secret };
    },
    async remove(principal, id) {
      const removed = await webhooks.remove(scopeFor(principal, 'mutation:deleteWebhook'), id, clock.now());
      if (!removed) throw notFound(id);
      return removed;
    },
    async enable(principal, id) {
      const scope = scopeFor(principal, 'mutation:enableWebhook');
      if (!(await webhooks.find(scope, id))) throw notFound(id);
      await webhooks.enable(id, clock.now());
      deps.wakeSender();
      const enabled = await webhooks.find(scope, id);
      if (!enabled) throw notFound(id);
      return enabled;
    },
    async redeliver(principal, id) {
      const scope = scopeFor(principal, 'mutation:redeliverWebhook');
      const delivery = await deliveries.find(principal.tenant, id);
      const webhook = delivery && (await webhooks.find(scope, delivery.webhookId));
      if (!webhook) throw new Fault('NOT_FOUND', `There is no delivery ${id} that you may see.`, { path: ['id'] });
      if (webhook.disabledAt) {
        throw new Fault('CONFLICT', `The webhook ${webhook.id} is disabled. Enable it first: what waits is then sent.`);
      }
      await deliveries.retry(id, clock.now());
      return (await deliveries.find(principal.tenant, id)) ?? delivery;
    },
    list: async (principal, page) => webhooks.list(scopeFor(principal, 'query:webhooks'), page),
    find: async (principal, id) => webhooks.find(scopeFor(principal, 'query:webhooks'), id),
    deliveriesOf: ({ id }, state, page) => deliveries.list(id, state, page),
  };
}

/** @throws Fault BAD_INPUT, UNSUPPORTED_SCHEME */
function webhookUri({ resources }: WebhookRequestDeps, url: string) {
  if (url.length > MAX_URL_CHARACTERS) {
    throw new Fault('BAD_INPUT', `A URL has at most ${MAX_URL_CHARACTERS} characters.`, { path: ['url'] });
  }
  const uri = resources.canonicalize(url);
  if (uri.scheme === 'https' || uri.scheme === 'http') return uri;
  throw new Fault('UNSUPPORTED_SCHEME', `A webhook has a URL with https or http, not ${uri.scheme}.`, {
    path: ['url'],
  });
}

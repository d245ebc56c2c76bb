import type { Webhooks } from '../../core/workflows/webhooks.ts';
import { createIdleWatch } from '../../lib/idle-watch.ts';
import { type PublishDeps, publishEvents } from './publish-events.ts';
import { createDeliverySender, type SendDeps } from './send-deliveries.ts';

/** Tells URLs what has happened: at least once each, also if nodes die. */
export interface WebhookLoop {
  begin(): void;
  /** A webhook of this server may have something due from now on. */
  wake(): void;
  /** Does what is due now. @returns whether there may be more */
  tick(): Promise<boolean>;
  stop(): Promise<void>;
}

/** Between two looks, while nothing is due. */
const POLL_MS = 1_000;
/** While something is, and perhaps has no room. */
const BUSY_POLL_MS = 50;

type WebhookLoopDeps = PublishDeps &
  SendDeps & {
    readonly webhooks: Pick<Webhooks, 'exist'>;
    /** Of the journal, as this node knows it. */
    head(): Promise<number>;
  };

export function createWebhookLoop(deps: WebhookLoopDeps): WebhookLoop {
  const { logger } = deps;
  const sender = createDeliverySender(deps);
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  let isStopped = false;

  const watch = createIdleWatch(deps.head);

  const tick = async (): Promise<boolean> => {
    // Without webhooks nothing is published, and nothing is due.
    const areUsed = await deps.webhooks.exist();
    watch.looked(areUsed);
    if (!areUsed) return false;
    const isMore = await publishEvents(deps);
    return (await sender.tick()) || isMore;
  };
  const work = async (): Promise<void> => {
    let isBusy = false;
    try {
      isBusy = (await watch.mustLook()) && (await tick());
    } catch (error) {
      logger.warn('webhook.loop_failed', { error: String(error) });
    }
    schedule(isBusy ? BUSY_POLL_MS : POLL_MS);
  };
  const schedule = (ms: number) => {
    if (isStopped) return;
    timer = setTimeout(() => {
      working = work();
    }, ms);
  };

  return {
    begin: () => schedule(POLL_MS),
    wake: watch.wake,
    tick,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await working;
      await sender.stop();
    },
  };
}

import type { Metrics } from '../../../src/core/telemetry.ts';

/** Metrics of which a test needs only how many subscriptions are open. */
export function countSubscriptions(): { readonly metrics: Metrics; readonly subscriptions: { open: number } } {
  const subscriptions = { open: 0 };
  const metrics: Metrics = {
    httpRequest: () => {},
    runDriven: () => () => {},
    runEnded: () => {},
    journalCommitted: () => {},
    ...{
      policyDecided: () => {},
      packetRefused: () => {},
      webhookAttempted: () => {},
      nodesFrom: () => {},
      healthFrom: () => {},
      queuesFrom: () => {},
    },
    subscriptionOpened: () => {
      subscriptions.open += 1;
      return () => {
        subscriptions.open -= 1;
      };
    },
    scrape: async () => '',
  };
  return { metrics, subscriptions };
}

import type { WebhookEvent } from '../../api/generated/graphql.ts';

const TEXTS: Readonly<Record<WebhookEvent, string>> = {
  RUN_ENDED: 'A run has ended',
  APPROVAL_REQUESTED: 'An approval is requested',
  APPROVAL_DECIDED: 'An approval is decided',
};

export const WEBHOOK_EVENTS = Object.keys(TEXTS) as readonly WebhookEvent[];

export const eventText = (event: WebhookEvent): string => TEXTS[event];

/** A token, and when it ends in ISO 8601. */
export interface ExpiringToken {
  readonly token: string;
  readonly expiresAt: string;
}

/** Below this the server is not asked again: the token is about to end. */
const MIN_DELAY_MS = 500;
/** Longer delays of setTimeout end at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export interface RenewalOptions {
  /** Asks for another token. Returns undefined when the server gives none, and rejects when it cannot be asked. */
  readonly renew: () => Promise<ExpiringToken | undefined>;
  /** Called with each new token. */
  readonly onRenewed: (session: ExpiringToken) => void;
  /** Aborts when the client is closed. */
  readonly closing: AbortSignal;
}

/**
 * Renews a token when half of its time has passed; if the server cannot be asked, after half of the rest, and so on. It stops when the server
 * refuses, and when another token would not last longer. Its timer does not keep a Node program alive.
 * @returns a function that begins with a token, instead of the one before
 */
export function createRenewal({ renew, onRenewed, closing }: RenewalOptions): (session: ExpiringToken) => void {
  let current: ExpiringToken | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function plan(session: ExpiringToken) {
    const delayMs = (Date.parse(session.expiresAt) - Date.now()) / 2;
    if (!(delayMs > MIN_DELAY_MS) || closing.aborted) return;
    timer = setTimeout(attempt, Math.min(delayMs, MAX_DELAY_MS), session);
    // Only in Node; elsewhere it is a number.
    (timer as { readonly unref?: () => void }).unref?.();
  }

  async function attempt(session: ExpiringToken) {
    const next = await renew().catch(() => session);
    // Meanwhile the user may have signed in again.
    if (!next || current !== session || closing.aborted) return;
    if (next === session) return plan(session);
    if (Date.parse(next.expiresAt) <= Date.parse(session.expiresAt)) return;
    onRenewed(next);
    begin(next);
  }

  function begin(session: ExpiringToken) {
    clearTimeout(timer);
    current = session;
    plan(session);
  }

  closing.addEventListener('abort', () => clearTimeout(timer));
  return begin;
}

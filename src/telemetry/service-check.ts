import type { HealthCheck } from '../core/telemetry.ts';

/** How long an answer counts: anybody may ask for the health of the server, as often as they like. */
const KNOWN_MS = 2_000;
/** A service that takes longer counts as not reachable. */
const TIMEOUT_MS = 2_000;

/**
 * Checks a service that the server can do without for a while: DEGRADED when it does not answer. Asks it at most every two
 * seconds.
 * @param probe rejects when the service cannot be used
 * @param detail what is wrong then, and what to do; public
 */
export function createServiceCheck(
  name: string,
  probe: () => Promise<unknown>,
  detail: string,
): () => Promise<HealthCheck> {
  let known: { readonly at: number; readonly check: Promise<HealthCheck> } | undefined;
  const ask = async (): Promise<HealthCheck> => {
    const { promise: late, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(resolve, TIMEOUT_MS, false);
    const answers = probe().then(
      () => true,
      () => false,
    );
    const isUsable = await Promise.race([answers, late]);
    clearTimeout(timer);
    return isUsable ? { name, status: 'OK' } : { name, status: 'DEGRADED', detail };
  };
  return () => {
    const now = performance.now();
    if (!known || now - known.at > KNOWN_MS) known = { at: now, check: ask() };
    return known.check;
  };
}

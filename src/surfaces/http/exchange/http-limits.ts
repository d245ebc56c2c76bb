/** How long and how much a client may take. Tests bring shorter ones; nobody else does. */
export interface HttpLimits {
  /** Until the header section is complete (slowloris). */
  readonly headersMs: number;
  /** Until the whole request is here. */
  readonly requestMs: number;
  /** Without a byte in either direction, while a body is on its way. */
  readonly idleMs: number;
  /** Between requests. Longer than the 60 s of usual proxies, so that it is they who close. */
  readonly keepAliveMs: number;
  /** What is still read of a request that was refused, so that the client gets to see the answer. */
  readonly lingerMs: number;
  readonly healthMs: number;
  readonly headerBytes: number;
  readonly connections: number;
}

export const HTTP_LIMITS: HttpLimits = {
  headersMs: 10_000,
  requestMs: 300_000,
  idleMs: 30_000,
  keepAliveMs: 65_000,
  lingerMs: 2_000,
  healthMs: 5_000,
  headerBytes: 16_384,
  connections: 10_000,
};

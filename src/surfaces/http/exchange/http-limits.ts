/** How long and how much a client may take. Tests bring shorter ones; nobody else does. */
export interface HttpLimits {
  /** Until the header section is complete (slowloris). */
  readonly headersTimeoutMs: number;
  /** Until the whole request is here. */
  readonly requestTimeoutMs: number;
  /** Without a byte in either direction, while a body is on its way. */
  readonly bodyIdleTimeoutMs: number;
  /** Between requests. Longer than the 60 s of usual proxies, so that it is they who close. */
  readonly keepAliveTimeoutMs: number;
  /** What is still read of a request that was refused, so that the client gets to see the answer. */
  readonly lingerTimeoutMs: number;
  readonly healthTimeoutMs: number;
  readonly maxHeaderBytes: number;
  readonly maxConnections: number;
}

export const HTTP_LIMITS: HttpLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 300_000,
  bodyIdleTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  lingerTimeoutMs: 2_000,
  healthTimeoutMs: 5_000,
  maxHeaderBytes: 16_384,
  maxConnections: 10_000,
};

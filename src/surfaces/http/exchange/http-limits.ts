/** Limits on time and size. Only tests change them. */
export interface HttpLimits {
  /** Until the header section is complete (slowloris). */
  readonly headersTimeoutMs: number;
  /** Until the whole request has arrived. */
  readonly requestTimeoutMs: number;
  /** Without a byte in either direction, while a body is in transit. */
  readonly bodyIdleTimeoutMs: number;
  /** Between requests. Longer than the 60 s of usual proxies, so that the proxy closes first. */
  readonly keepAliveTimeoutMs: number;
  /** How long a refused request is still read, so that the client receives the response. */
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

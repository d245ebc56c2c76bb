export type HealthStatus = 'OK' | 'DEGRADED' | 'DOWN';

/** How the server is: as bad as the worst of its checks. Shown to anybody, so details hold no secret. */
export interface Health {
  readonly status: HealthStatus;
  readonly version: string;
  readonly uptimeMs: number;
  readonly checks: readonly { readonly name: string; readonly status: HealthStatus; readonly detail?: string }[];
}

/** All settings, typed. `config/environment.ts` makes it from the environment; nothing else reads `process.env`. */
export interface Config {
  readonly mode: 'development' | 'production';
  readonly server: {
    readonly host: string;
    readonly port: number;
    /** Origins besides the server's own. */
    readonly corsOrigins: readonly string[];
    readonly introspection: boolean;
    readonly graphiql: boolean;
    /** File of a JSON object, sha256 of document → document; with it only those run. */
    readonly trustedDocuments?: string;
  };
  readonly dataDir: string;
  readonly auth: {
    readonly tokenMinutes: number;
    readonly devAccounts: boolean;
    readonly issuer:
      | { readonly kind: 'secret'; readonly secret: Uint8Array }
      | {
          readonly kind: 'jwks';
          readonly url: string;
          readonly issuer: string;
          readonly audience: string;
        };
  };
  readonly policy: { readonly modelFile: string; readonly rulesFile: string };
  readonly resources: {
    readonly fetchMaxBytes: number;
    /** `host:port` that may be private addresses. */
    readonly allowedPrivateHosts: readonly string[];
    /** Virtual root (`/data`) → real folder. */
    readonly localRoots: readonly { readonly name: string; readonly folder: string }[];
    readonly headerTimeoutMs: number;
    readonly totalTimeoutMs: number;
  };
  readonly engine: {
    readonly commandTimeoutMs: number;
    /** Runs under way at once. */
    readonly maxRunning: number;
    /** Runs waiting for a place; past it a caller is told to come back. */
    readonly maxQueued: number;
    readonly drainMs: number;
  };
  /** Files of command modules. */
  readonly plugins: readonly string[];
  readonly telemetry: {
    readonly otlpEndpoint?: string;
    readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  };
}

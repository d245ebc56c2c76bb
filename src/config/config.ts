import type { StepKind } from '../core/run.ts';
import type { PoolSettings } from '../core/runtime.ts';
import type { TokenLimits } from '../core/token-usage.ts';
import type { Secret } from './secrets.ts';

/** How bearer tokens are made and checked: with a shared secret of our own, or with somebody else's public keys. */
export type TokenIssuer =
  | { readonly kind: 'secret'; readonly secret: Secret }
  | {
      readonly kind: 'jwks';
      readonly url: string;
      readonly issuer: string;
      readonly audience: string;
    };

/**
 * All settings, typed. `config/environment.ts` makes it from the environment; nothing else reads `process.env`.
 * Printing or serializing it shows no secret.
 */
export interface Config {
  readonly mode: 'development' | 'production';
  readonly server: {
    readonly host: string;
    readonly port: number;
    /** Origins besides the server's own. */
    readonly corsOrigins: readonly string[];
    /** A reverse proxy stands in front, and its X-Forwarded-For names the client. */
    readonly trustProxy: boolean;
    /** What a scraper of `/metrics` must present; without one only this machine may scrape. */
    readonly metricsToken?: Secret;
    readonly introspection: boolean;
    readonly graphiql: boolean;
    /** File of a JSON object, sha256 of document → document; with it only those run. */
    readonly trustedDocuments?: string;
  };
  /** Absolute. */
  readonly dataDir: string;
  /** Absolute; in `dataDir` unless nodes share it. */
  readonly artifactsDir: string;
  /** A file in `dataDir`, or a PostgreSQL database that several nodes may share; its URL may hold a password. */
  readonly database:
    | { readonly kind: 'sqlite'; readonly file: string }
    | { readonly kind: 'postgres'; readonly url: Secret };
  readonly audit: {
    /** Ed25519 in PKCS#8 PEM; without it the key is made in `dataDir`. */
    readonly checkpointKeyFile?: string;
    /** How long runs are kept after their end; without it for ever. */
    readonly retentionDays?: number;
  };
  readonly auth: {
    readonly tokenMinutes: number;
    /** admin, alice and bob may sign in. Only in development, and only where this server makes the tokens. */
    readonly devAccounts: boolean;
    readonly issuer: TokenIssuer;
  };
  readonly policy: { readonly modelFile: string; readonly rulesFile: string };
  readonly resources: {
    readonly fetchMaxBytes: number;
    /** `host:port` that may be private addresses; lower case, IDN as punycode, IPv6 in brackets. */
    readonly allowedPrivateHosts: readonly string[];
    /** Virtual root (`/data`) → real folder, absolute and free of symbolic links. */
    readonly localRoots: readonly { readonly name: string; readonly folder: string }[];
    readonly headerTimeoutMs: number;
    readonly totalTimeoutMs: number;
  };
  readonly engine: {
    readonly commandTimeoutMs: number;
    /** Steps at work at once. */
    readonly maxRunning: number;
    /** The same for kinds of steps that have a limit of their own. */
    readonly maxRunningByKind: Partial<Record<StepKind, number>>;
    /** Steps waiting for a place; past it a caller is told to come back. */
    readonly maxQueued: number;
    /** Runs that have begun and not ended. */
    readonly maxRuns: number;
    readonly drainMs: number;
  };
  /** Folders of runs, one for each; absolute; in `dataDir` unless nodes share it. */
  readonly workspacesDir: string;
  /** How programs of others are run. */
  readonly sandbox: {
    /** They may run although nothing keeps them from what this process may do. */
    readonly allowUnsandboxed: boolean;
    /** Files and folders that they may read beside the system's; absolute. */
    readonly readPaths: readonly string[];
    readonly python: 'auto' | 'native' | 'wasi';
  };
  /** Pool → how its steps are done. A pool that is not named here is unknown. */
  readonly pools: Readonly<Record<string, PoolSettings>>;
  readonly agents: {
    /** For one attempt of a step that is an agent or a kind made of turns; waiting for a person does not count. */
    readonly timeoutMs: number;
    /** The model that `plan`, `codegen` and their like use; without it they work by their own rules. */
    readonly llm?: { readonly apiBase: string; readonly model: string; readonly apiKey?: Secret };
    readonly tokens: TokenLimits;
  };
  /** What GraphQL and documents may name: `secret:NAME`. */
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly tools: {
    /** Folders of file templates, one for each stack; absolute. */
    readonly stacksDir: string;
    readonly gitToken?: Secret;
    /** One of them, or neither: then it searches its own index. */
    readonly search: { readonly searxngUrl?: string; readonly braveApiKey?: Secret; readonly indexDir: string };
    readonly drive: {
      /** What stands in for the Drive without credentials; absolute. */
      readonly folder: string;
      readonly google?: { readonly clientId: string; readonly clientSecret: Secret };
    };
    readonly webhook?: { readonly url: string; readonly secret: Secret };
  };
  /** Seals what this server keeps for others, such as OAuth tokens. */
  readonly credentialsKey: Secret;
  /** How browsers reach this server, without a slash at the end; where it listens unless told. */
  readonly publicUrl?: string;
  /** Files of command modules, absolute. */
  readonly plugins: readonly string[];
  readonly telemetry: {
    /** Base URL of an OTLP/HTTP collector; spans go to `/v1/traces` below it. */
    readonly otlpEndpoint?: string;
    readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  };
}

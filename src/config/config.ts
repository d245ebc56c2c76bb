import type { QuotaTable } from '../core/accounts/accounts.ts';
import type { TokenLimits } from '../core/agent-stores.ts';
import type { PoolSettings } from '../core/runtime.ts';
import type { Secret } from './secrets.ts';

/** How bearer tokens are issued and verified: with the server's secret, or with the public keys of an identity provider. */
export type TokenIssuer =
  | {
      readonly kind: 'secret';
      readonly secret: Secret;
      /** Signs nothing; tokens that it signed are valid too, while the secret is replaced. */
      readonly previous?: Secret;
    }
  | {
      readonly kind: 'jwks';
      readonly url: string;
      readonly issuer: string;
      readonly audience: string;
    };

/** How to reach NATS, which carries messages between nodes and workers. Files are absolute. */
export interface NatsSettings {
  /** `host:port`; IPv6 in brackets. At least one. */
  readonly servers: readonly string[];
  /** The file holds the seed of an NKey, or JWT credentials. */
  readonly login?:
    | { readonly kind: 'password'; readonly user: string; readonly password: Secret }
    | { readonly kind: 'nkey' | 'creds'; readonly file: string };
  /** If present, a connection without TLS is refused. PEM files; without a CA, that of the system. */
  readonly tls?: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
}

/**
 * All settings. `config/environment.ts` reads them from the environment; nothing else reads `process.env`.
 * Printing or serializing them shows no secret.
 */
export interface Config {
  readonly mode: 'development' | 'production';
  readonly server: {
    readonly host: string;
    readonly port: number;
    /** Allowed web origins in addition to the server's origin. */
    readonly corsOrigins: readonly string[];
    /** A reverse proxy is in front of the server, and its X-Forwarded-For names the client. */
    readonly trustProxy: boolean;
    /** Path under which a reverse proxy serves this server, `/signalbox`, without a slash at its end; empty for none. */
    readonly basePath: string;
    /** Bearer token for `/metrics`; without one, only this machine may scrape. */
    readonly metricsToken?: Secret;
    /** Of the policy as a gRPC service, on the same host; absent when it is not served. */
    readonly safetyKernelPort?: number;
    readonly introspection: boolean;
    readonly graphiql: boolean;
    /** Folder with the built dashboard; absent when it is turned off. */
    readonly dashboard?: string;
    /** File with a JSON object from sha256 to document; if set, only those documents run. */
    readonly trustedDocuments?: string;
  };
  /** Absolute. */
  readonly dataDir: string;
  /** An absolute folder, or the part of a bucket under a prefix that is empty or ends with a slash. Nodes may share both. */
  readonly artifacts:
    | { readonly kind: 'folder'; readonly folder: string }
    | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };
  /** S3, or a service that speaks its protocol. The URL has no slash at its end. */
  readonly s3?: {
    readonly endpoint: string;
    readonly region: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: Secret;
  };
  /** The Redis server that `redis:` reads, and where contexts and results of jobs are; its URL may hold a password. */
  readonly redisUrl?: Secret;
  /** A file in `dataDir`, or a PostgreSQL database that several nodes may share; its URL may hold a password. */
  readonly database:
    | { readonly kind: 'sqlite'; readonly file: string }
    | { readonly kind: 'postgres'; readonly url: Secret };
  /** Default: messages stay in this process. */
  readonly nats?: NatsSettings;
  readonly audit: {
    /** Ed25519 key in PKCS#8 PEM. Default: a key that is created in `dataDir`. */
    readonly checkpointKeyFile?: string;
    /** Days to keep runs after their end. Default: forever. */
    readonly retentionDays?: number;
  };
  readonly auth: {
    readonly tokenMinutes: number;
    /** Since the sign-in, for a session and for tokens that were renewed. */
    readonly sessionHours: number;
    /** Longest life of an API token; 0 if none may be created. */
    readonly apiTokenDays: number;
    /** admin, alice and bob may sign in. Only in development, and only when this server issues the tokens. */
    readonly devAccounts: boolean;
    readonly issuer: TokenIssuer;
  };
  readonly policy: { readonly modelFile: string; readonly rulesFile: string };
  readonly resources: {
    readonly fetchMaxBytes: number;
    /** `host:port` that may have private addresses; lower case, IDN as punycode, IPv6 in brackets. */
    readonly allowedPrivateHosts: readonly string[];
    /** Virtual roots (`/data`) and their real folders, absolute and without symbolic links. */
    readonly localRoots: readonly { readonly name: string; readonly folder: string }[];
    /** The same, for the only folder where agents append to memories that are files; created when it is first used. */
    readonly memoryRoot: { readonly name: string; readonly folder: string };
    readonly headerTimeoutMs: number;
    readonly totalTimeoutMs: number;
  };
  readonly engine: {
    readonly commandTimeoutMs: number;
    /** Maximum number of steps that run at once. */
    readonly maxRunning: number;
    /** The same, for kinds of steps with a separate limit. */
    /** By kind, in capitals. */
    readonly maxRunningByKind: Readonly<Record<string, number>>;
    /** Maximum number of waiting steps; beyond it, requests are rejected with UNAVAILABLE. */
    readonly maxQueued: number;
    /** Maximum number of active runs. */
    readonly maxRuns: number;
    readonly drainMs: number;
  };
  /** Who may send packets on the message bus, and as whom this server does. */
  readonly peers: {
    /** YAML file of peers, absolute; `readPeersFile` reads it. */
    readonly file?: string;
    /** Packets without a signature are accepted of senders without a key. */
    readonly allowUnsigned: boolean;
    /** Account under which jobs of those senders run that are not in the file. */
    readonly unsignedAccount?: string;
    /** Signatures over a packet with an empty signature are accepted too. */
    readonly emptySignature: boolean;
    readonly senderId: string;
    /** P-256 in PEM: signs what this server sends. */
    readonly key?: Secret;
  };
  /** Parent of the folders of runs, absolute. Default: in `dataDir`; nodes may share another folder. */
  readonly workspacesDir: string;
  /** How untrusted programs run. */
  readonly sandbox: {
    /** They may run without a sandbox, with the permissions of this process. */
    readonly allowUnsandboxed: boolean;
    /** Files and folders that they may read in addition to the system's; absolute. */
    readonly readPaths: readonly string[];
    readonly python: 'auto' | 'native' | 'wasi';
  };
  /** Settings by pool. A pool that is not listed is unknown. */
  readonly pools: Readonly<Record<string, PoolSettings>>;
  readonly agents: {
    /** Time limit of one attempt of an agent or agentic step; waiting for a person does not count. */
    readonly timeoutMs: number;
    /** The model for `plan`, `codegen` and other agentic steps; without it they use their built-in rules. */
    readonly llm?: { readonly apiBase: string; readonly model: string; readonly apiKey?: Secret };
    readonly tokens: TokenLimits;
  };
  /** How much one principal, and one tenant, may have. */
  readonly quotas: QuotaTable;
  /** Secrets that GraphQL and documents may refer to as `secret:NAME`. */
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly tools: {
    /** Folders of file templates by stack; absolute. */
    readonly stacksDir: string;
    readonly gitToken?: Secret;
    /** At most one of the two; with neither, the tool searches its index. */
    readonly search: { readonly searxngUrl?: string; readonly braveApiKey?: Secret; readonly indexDir: string };
    readonly drive: {
      /** Folder that replaces Google Drive without credentials; absolute. */
      readonly folder: string;
      readonly google?: { readonly clientId: string; readonly clientSecret: Secret };
    };
    readonly webhook?: { readonly url: string; readonly secret: Secret };
  };
  /** Key that seals stored credentials, such as OAuth tokens. */
  readonly credentialsKey: Secret;
  /** Seals nothing; what it sealed is opened too, while the key is replaced. */
  readonly credentialsPreviousKey?: Secret;
  /** URL of this server for browsers, without a trailing slash. Default: where it listens. */
  readonly publicUrl?: string;
  /** Files of command modules, absolute. */
  readonly plugins: readonly string[];
  readonly telemetry: {
    /** Base URL of an OTLP/HTTP collector; spans are sent to `/v1/traces` below it. */
    readonly otlpEndpoint?: string;
    readonly logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  };
}

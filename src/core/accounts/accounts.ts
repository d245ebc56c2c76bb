import { Fault } from '../errors.ts';
import type { Role, User } from '../principal.ts';
import type { Page, PageArgs } from '../store-reader.ts';

export interface Account extends User {
  /** scrypt, in the format of auth/password.ts. */
  readonly passwordHash: string;
}

/** An account, as others see it. */
export interface AccountRecord extends User {
  readonly disabled: boolean;
}

/** What changes of an account. A password, and `disabled`, also revoke its tokens. */
interface AccountChange {
  readonly roles?: readonly Role[];
  readonly disabled?: boolean;
  readonly passwordHash?: string;
  readonly at: Date;
  /**
   * Whether the enabled accounts of the tenant, by their sets of roles, satisfy what must stay true. A change that makes it false is
   * refused, also if two of them are made at once.
   */
  readonly keeps?: (roles: readonly (readonly Role[])[]) => boolean;
}

/** Accounts that sign in with a password. */
export interface Accounts {
  find(username: string): Promise<Account | undefined>;
  /** @throws Fault CONFLICT when the user name is taken, in any tenant */
  create(account: Account): Promise<void>;
  /**
   * @param who with the roles that the account had when the change was authorized
   * @throws Fault NOT_FOUND; CONFLICT when it has other roles meanwhile, or `keeps` would no longer be true
   */
  change(who: AccountKey & Pick<User, 'roles'>, change: AccountChange): Promise<AccountRecord>;
  /** Accounts of a tenant, in the order of their creation. */
  list(tenant: string, page: PageArgs): Promise<Page<AccountRecord>>;
  /** Adds the account, or replaces the one with the same user name, whose tokens are then revoked. */
  put(account: Account): Promise<void>;
}

/** A principal, as standings know it. */
export type AccountKey = Pick<User, 'tenant' | 'subject'>;

/** What the server knows today about a principal, whatever its token or a stored run says. */
export type Standing =
  /** An account of this server, with its present roles. */
  | { readonly state: 'current'; readonly roles: readonly Role[]; readonly notBefore: Date | null }
  /** An account that was removed, or a principal that was disabled: nothing is done on its behalf. */
  | { readonly state: 'gone' }
  /** No account of this server: its roles are those that its identity provider last stated. */
  | { readonly state: 'unknown'; readonly notBefore: Date | null };

/** Which accounts and tokens are valid today, on every node. */
export interface AccountStandings {
  /** From memory; a change by any process counts after at most `STANDING_DELAY_MS`, unless the database cannot be reached. */
  standingOf(who: AccountKey): Standing;
  /** Calls the listener when the standing of this principal may have changed; returns the function that unsubscribes. */
  watch(who: AccountKey, listener: () => void): () => void;
  /** Refuses all tokens of the principal that were issued before `at`. */
  revoke(who: AccountKey, at: Date): Promise<void>;
  /** Also revokes, so that no earlier token is valid again once the principal is enabled. */
  setDisabled(who: AccountKey, disabled: boolean, at: Date): Promise<void>;
}

export const STANDING_DELAY_MS = 1_000;

/** Secrets from other services, such as OAuth tokens; the caller seals them before storing. */
export interface Credentials {
  find(tenant: string, subject: string, name: string): Promise<Uint8Array | undefined>;
  put(tenant: string, subject: string, name: string, sealed: Uint8Array): Promise<void>;
  remove(tenant: string, subject: string, name: string): Promise<boolean>;
}

/** How much one principal, and all principals of a tenant together, may have. */
export interface QuotaLimits {
  readonly principal: number;
  /** Absent where only principals are limited. */
  readonly tenant?: number;
}

export interface Quota extends QuotaLimits {
  readonly description: string;
  readonly unit:
    | 'runs'
    | 'workflows'
    | 'versions'
    | 'schedules'
    | 'starts'
    | 'webhooks'
    | 'artifacts'
    | 'entries'
    | 'files'
    | 'bytes'
    | 'tokens'
    | 'streams'
    | 'uploads';
  /** What is counted: everything that exists, what is in progress on this node, or what was used since midnight UTC. */
  readonly counts: 'stored' | 'node' | 'day';
  /** What makes room. */
  readonly remedy: string;
}

const [MIB, GIB] = [2 ** 20, 2 ** 30];

/** All quotas with their default limits. `QUOTAS` changes them; docs/configuration.md has the same table. */
export const QUOTAS = {
  runsRunning: {
    description: 'Runs in memory of one node; parked runs do not count. Default: half of MAX_RUNS, and MAX_RUNS.',
    ...{ unit: 'runs', counts: 'node', principal: 5_000, tenant: 10_000 },
    remedy: 'Wait until some of them have ended, or cancel them.',
  },
  runsWaiting: {
    description: 'Runs in state WAITING.',
    ...{ unit: 'runs', counts: 'stored', principal: 250_000, tenant: 1_000_000 },
    remedy: 'Decide their approvals, send their signals, or cancel them.',
  },
  workflows: {
    description: 'Saved workflows.',
    ...{ unit: 'workflows', counts: 'stored', principal: 1_000, tenant: 10_000 },
    remedy: 'Delete workflows that you no longer need.',
  },
  workflowVersions: {
    description: 'Versions of saved workflows.',
    ...{ unit: 'versions', counts: 'stored', principal: 20_000, tenant: 200_000 },
    remedy: 'Delete workflows that you no longer need.',
  },
  workflowSaves: {
    description: 'Versions that are saved in one day, also of workflows that are deleted afterwards.',
    ...{ unit: 'versions', counts: 'day', principal: 5_000, tenant: 50_000 },
    remedy: 'Save less often.',
  },
  schedules: {
    description: 'Schedules of saved workflows.',
    ...{ unit: 'schedules', counts: 'stored', principal: 200, tenant: 2_000 },
    remedy: 'Remove the schedule of another workflow, or delete that workflow.',
  },
  scheduledStarts: {
    description: 'Starts of all schedules in the busiest hour of each.',
    ...{ unit: 'starts', counts: 'stored', principal: 7_200, tenant: 36_000 },
    remedy: 'Let the workflow start less often.',
  },
  webhooks: {
    description: 'Webhooks that get events of runs.',
    ...{ unit: 'webhooks', counts: 'stored', principal: 50, tenant: 500 },
    remedy: 'Delete webhooks that you no longer need.',
  },
  artifacts: {
    description: 'Artifacts of stored runs. The same bytes count as often as runs have them.',
    ...{ unit: 'artifacts', counts: 'stored', principal: 1_000_000, tenant: 10_000_000 },
    remedy: 'Retention removes those of old runs (RETENTION_DAYS).',
  },
  artifactBytes: {
    description: 'Size of those artifacts.',
    ...{ unit: 'bytes', counts: 'stored', principal: 100 * GIB, tenant: 1_024 * GIB },
    remedy: 'Retention removes those of old runs (RETENTION_DAYS).',
  },
  workspaceFiles: {
    description: 'Files and folders in the workspaces of stored runs.',
    ...{ unit: 'files', counts: 'stored', principal: 1_000_000, tenant: 10_000_000 },
    remedy: 'Retention removes those of old runs (RETENTION_DAYS).',
  },
  workspaceBytes: {
    description: 'What they take on the disk.',
    ...{ unit: 'bytes', counts: 'stored', principal: 20 * GIB, tenant: 200 * GIB },
    remedy: 'Retention removes those of old runs (RETENTION_DAYS).',
  },
  memoryEntries: {
    description: 'Entries in memories of agents (`memory:NAME`).',
    ...{ unit: 'entries', counts: 'stored', principal: 100_000, tenant: 1_000_000 },
    remedy: 'Delete memories that you no longer need (deleteMemory).',
  },
  memoryBytes: {
    description: 'Size of those entries.',
    ...{ unit: 'bytes', counts: 'stored', principal: 256 * MIB, tenant: 2 * GIB },
    remedy: 'Delete memories that you no longer need (deleteMemory).',
  },
  modelTokens: {
    description: 'Tokens of language models in one day. Default: LLM_TOKENS_PER_DAY.',
    ...{ unit: 'tokens', counts: 'day', principal: 10_000_000 },
    remedy: 'Ask for less.',
  },
  streams: {
    description: 'Subscriptions that are open on one node, over all connections.',
    ...{ unit: 'streams', counts: 'node', principal: 2_000, tenant: 20_000 },
    remedy: 'End one first.',
  },
  uploads: {
    description: 'Uploads of artifacts in progress on one node.',
    ...{ unit: 'uploads', counts: 'node', principal: 256, tenant: 1_024 },
    remedy: 'Wait until one has ended.',
  },
  uploadBytes: {
    description: 'Bytes that are uploaded in one day.',
    ...{ unit: 'bytes', counts: 'day', principal: 100 * GIB, tenant: 1_024 * GIB },
    remedy: 'Upload less.',
  },
} as const satisfies Readonly<Record<string, Quota>>;

export type QuotaName = keyof typeof QUOTAS;

/** The limits in force. */
export type QuotaTable = Readonly<Record<QuotaName, QuotaLimits>>;

export const QUOTA_NAMES = Object.keys(QUOTAS) as readonly QuotaName[];

/** Who holds the amount that a limit is compared with. */
export type QuotaHolder = 'principal' | 'tenant';

/** What two holders have of one quota. */
export type QuotaUse = Readonly<Record<QuotaHolder, number>>;

/** Amounts of quotas that are stored. What rows count for changes in the transaction that writes or removes them. */
export interface QuotaUsage {
  /** What the principal and its tenant have of every quota that is stored. */
  used(who: User, at: Date): Promise<ReadonlyMap<QuotaName, QuotaUse>>;
  /**
   * Adds to a quota of one day, for the principal and its tenant, if neither exceeds its limit; exact under concurrency, on all
   * nodes. A negative amount returns what was not used. @throws Fault THROTTLED
   */
  take(who: User, quota: QuotaName, amount: number, at: Date): Promise<void>;
}

/** What the workspaces of runs take. */
export interface WorkspaceUsage {
  /**
   * Stores what the workspace of a run takes now, whatever the limits are.
   * @returns how much it grew, and what its principal and tenant have now
   */
  record(
    run: { readonly id: string; readonly who: User },
    use: WorkspaceUse,
    at: Date,
  ): Promise<readonly WorkspaceGrowth[]>;
}

interface WorkspaceUse {
  /** On the disk. */
  readonly bytes: number;
  /** With folders. */
  readonly files: number;
}

interface WorkspaceGrowth {
  readonly quota: 'workspaceFiles' | 'workspaceBytes';
  readonly amount: number;
  readonly use: QuotaUse;
}

/** @throws Fault THROTTLED when one of the holders has no room for `amount` */
export function assertRoom(quota: QuotaName, use: QuotaUse, limits: QuotaLimits, amount: number, who: User): void {
  for (const holder of ['principal', 'tenant'] as const) {
    const limit = limits[holder];
    if (limit !== undefined && use[holder] + amount > limit) {
      throw quotaFault(quota, { holder, limit, used: use[holder], amount, who });
    }
  }
}

/** The refusal that names the quota, its limit, and who holds what is used of it. */
function quotaFault(
  quota: QuotaName,
  refused: {
    readonly holder: QuotaHolder;
    readonly limit: number;
    readonly used: number;
    readonly amount: number;
    readonly who: User;
  },
): Fault {
  const { holder, limit, used, amount, who } = refused;
  const { unit, remedy, counts } = QUOTAS[quota];
  const name = holder === 'tenant' ? who.tenant : who.username;
  const when = counts === 'day' ? ' today' : '';
  const message = `The quota ${quota} of the ${holder === 'tenant' ? 'tenant' : 'user'} ${name} is exceeded: ${used} of ${limit} ${unit} are used${when}, and this needs ${amount} more. ${remedy}`;
  return new Fault('THROTTLED', `${message} The operator can raise the limit (QUOTAS).`, {
    details: { quota, limit, used, requested: amount, holder: { kind: holder, name } },
  });
}

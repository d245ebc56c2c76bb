import {
  assertRoom,
  QUOTA_NAMES,
  type QUOTAS,
  type QuotaHolder,
  type QuotaName,
  type QuotaTable,
  type QuotaUsage,
  type QuotaUse,
} from '../../core/accounts/accounts.ts';
import type { TokenUsage } from '../../core/agent-stores.ts';
import type { ArtifactStore, StoredBytes } from '../../core/artifact-store.ts';
import type { Clock } from '../../core/clock.ts';
import type { User } from '../../core/principal.ts';
import { ownerKey } from '../../lib/fair-queue.ts';

/** One quota of one holder, as `Query.quotas` shows it. */
export interface QuotaView {
  readonly quota: QuotaName;
  readonly holder: QuotaHolder;
  /** Name of the user or of the tenant. */
  readonly holderName: string;
  readonly limit: number;
  readonly used: number;
}

type CountedBy<Counts> = {
  [Name in QuotaName]: (typeof QUOTAS)[Name]['counts'] extends Counts ? Name : never;
}[QuotaName];

/** What is in progress on this node. */
type NodeQuota = CountedBy<'node'>;
type StoredQuota = CountedBy<'stored'>;

/** The doors of quotas: each refuses with THROTTLED, and names the limit and its holder. */
export interface Quotas {
  /** Counts one until the returned function is called, without asking: for what has begun already. */
  count(who: User, quota: NodeQuota): () => void;
  /** @throws Fault THROTTLED unless one more may be counted */
  assertFree(who: User, quota: NodeQuota): void;
  /** Both. */
  hold(who: User, quota: NodeQuota): () => void;
  /**
   * Asks whether something may begin that counts when it is recorded. What this node has let the principal begin counts too; a
   * limit may be exceeded by what is being recorded at the moment, and by what other principals and nodes began within five seconds.
   * @throws Fault THROTTLED
   */
  admit(who: User, amounts: Readonly<Partial<Record<StoredQuota, number>>>): Promise<void>;
  /** See `QuotaUsage.take`. */
  take(who: User, quota: CountedBy<'day'>, amount: number): Promise<void>;
  /** The store, for artifacts of the principal: bytes are stored only where there is room for them. */
  artifactsOf(who: User, store: ArtifactStore): Pick<ArtifactStore, 'put' | 'adopt'>;
  /** What the principal has, and with `ofTenant` what its tenant has. */
  list(who: User, ofTenant: boolean): Promise<readonly QuotaView[]>;
}

interface QuotasDeps {
  readonly usage: QuotaUsage;
  readonly tokens: Pick<TokenUsage, 'used'>;
  readonly limits: QuotaTable;
  readonly clock: Clock;
}

/** How long what was read counts, plus what has begun since. */
const KNOWN_MS = 5_000;
const MAX_KNOWN_PRINCIPALS = 10_000;

/** What the store said, and what this node has let begin since. */
interface Known {
  readonly at: number;
  readonly stored: ReadonlyMap<QuotaName, QuotaUse>;
  readonly begun: Map<QuotaName, number>;
}

export function createQuotas({ usage, tokens, limits, clock }: QuotasDeps): Quotas {
  const onNode = createNodeCounts();
  const known = new Map<string, Known>();

  const read = async (who: User): Promise<Known> => {
    const at = clock.now();
    const entry = { at: at.getTime(), stored: await usage.used(who, at), begun: new Map() };
    if (known.size >= MAX_KNOWN_PRINCIPALS) known.clear();
    known.set(ownerKey(who), entry);
    return entry;
  };
  const reading = new Map<string, Promise<Known>>();
  /** Requests of a principal that arrive together share one read, and count each other. */
  const readStored = (who: User): Promise<Known> => {
    const key = ownerKey(who);
    const underWay = reading.get(key) ?? read(who).finally(() => reading.delete(key));
    reading.set(key, underWay);
    return underWay;
  };

  /** The use that is certain not to be exceeded, from what is known. */
  const useOf = ({ stored, begun }: Known, quota: QuotaName): QuotaUse => {
    const { principal = 0, tenant = 0 } = stored.get(quota) ?? {};
    const since = begun.get(quota) ?? 0;
    return { principal: principal + since, tenant: tenant + since };
  };

  const admitOne = async (who: User, quota: QuotaName, amount: number): Promise<void> => {
    let entry = known.get(ownerKey(who));
    const isCurrent = entry !== undefined && clock.now().getTime() - entry.at < KNOWN_MS;
    if (!entry || !isCurrent || !hasRoom(useOf(entry, quota), limits[quota], amount)) entry = await readStored(who);
    assertRoom(quota, useOf(entry, quota), limits[quota], amount, who);
    entry.begun.set(quota, (entry.begun.get(quota) ?? 0) + amount);
  };

  const admit: Quotas['admit'] = async (who, amounts) => {
    for (const quota of QUOTA_NAMES) {
      const amount = (amounts as Readonly<Partial<Record<QuotaName, number>>>)[quota];
      if (amount !== undefined) await admitOne(who, quota, amount);
    }
  };
  /** @param expected size, as far as it is known before it is stored */
  const admitArtifact = async (who: User, expected: number, store: () => Promise<StoredBytes>) => {
    await admit(who, { artifacts: 1, artifactBytes: expected });
    const stored = await store();
    const begun = known.get(ownerKey(who))?.begun;
    begun?.set('artifactBytes', (begun.get('artifactBytes') ?? 0) + stored.size - expected);
    return stored;
  };
  const count: Quotas['count'] = (who, quota) => onNode.add(who, quota);
  const assertFree: Quotas['assertFree'] = (who, quota) =>
    assertRoom(quota, onNode.use(who, quota), limits[quota], 1, who);

  return {
    count,
    assertFree,
    hold(who, quota) {
      assertFree(who, quota);
      return count(who, quota);
    },
    admit,
    take: (who, quota, amount) => usage.take(who, quota, amount, clock.now()),
    artifactsOf: (who, store) => ({
      put: (bytes, options) =>
        admitArtifact(who, bytes instanceof Uint8Array ? bytes.byteLength : 1, () => store.put(bytes, options)),
      adopt: (path, options) => admitArtifact(who, 1, () => store.adopt(path, options)),
    }),
    async list(who, ofTenant) {
      const at = clock.now();
      const stored = await usage.used(who, at);
      const usedTokens = await tokens.used(who, at.toISOString().slice(0, 10));
      const useOfQuota = (quota: QuotaName): QuotaUse => {
        if (quota === 'modelTokens') return { principal: usedTokens, tenant: 0 };
        return stored.get(quota) ?? onNode.use(who, quota as NodeQuota);
      };
      const holders: readonly QuotaHolder[] = ofTenant ? ['principal', 'tenant'] : ['principal'];
      return QUOTA_NAMES.flatMap((quota) =>
        holders.flatMap((holder) => {
          const limit = limits[quota][holder];
          if (limit === undefined) return [];
          const holderName = holder === 'tenant' ? who.tenant : who.username;
          return [{ quota, holder, holderName, limit, used: useOfQuota(quota)[holder] }];
        }),
      );
    },
  };
}

function hasRoom(use: QuotaUse, limits: QuotaTable[QuotaName], amount: number): boolean {
  return (['principal', 'tenant'] as const).every((holder) => use[holder] + amount <= (limits[holder] ?? Infinity));
}

/** What is in progress on this node, by quota and holder. */
function createNodeCounts() {
  const counts = new Map<NodeQuota, Readonly<Record<QuotaHolder, Map<string, number>>>>();
  const countsOf = (quota: NodeQuota) => {
    const known = counts.get(quota) ?? { principal: new Map(), tenant: new Map() };
    counts.set(quota, known);
    return known;
  };
  const change = (byName: Map<string, number>, name: string, amount: number) => {
    const count = (byName.get(name) ?? 0) + amount;
    if (count === 0) byName.delete(name);
    else byName.set(name, count);
  };
  return {
    use(who: User, quota: NodeQuota): QuotaUse {
      const { principal, tenant } = countsOf(quota);
      return { principal: principal.get(ownerKey(who)) ?? 0, tenant: tenant.get(who.tenant) ?? 0 };
    },
    add(who: User, quota: NodeQuota): () => void {
      const { principal, tenant } = countsOf(quota);
      const add = (amount: number) => {
        change(principal, ownerKey(who), amount);
        change(tenant, who.tenant, amount);
      };
      add(1);
      let counted = true;
      return () => {
        if (counted) add(-1);
        counted = false;
      };
    },
  };
}

import type { Memories, TokenLimits, TokenUsage } from '../../core/agent-stores.ts';
import type { ArtifactStore } from '../../core/artifact-store.ts';
import type { Clock } from '../../core/clock.ts';
import type { CpuPool } from '../../core/cpu-pool.ts';
import type { Scope, User } from '../../core/principal.ts';
import type { Resources, SchemaValidator } from '../../core/resource.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { Capabilities } from '../capabilities/capabilities.ts';
import type { Gate } from '../gate/gate.ts';
import type { Quotas } from '../gate/quotas.ts';
import type { RunWorkspaces } from '../gate/run-workspaces.ts';

/** What every step needs. */
export interface CommandStepDeps {
  readonly resources: Resources;
  readonly artifacts: ArtifactStore;
  readonly schemas: SchemaValidator;
  readonly cpu: CpuPool;
  readonly gate: Gate;
  readonly quotas: Quotas;
  readonly clock: Clock;
  /** Maximum of one read. */
  readonly maxReadBytes: number;
  /** Maximum of one result. */
  readonly maxResultBytes: number;
  readonly timeoutMs: number;
  /** The stored content that the user may read. */
  scopeOf(user: User): Scope | undefined;
}

/** What steps need that call tools, request models and store files. */
export interface AgentStepDeps extends CommandStepDeps {
  readonly capabilities: Capabilities;
  readonly reader: Pick<StoreReader, 'history'>;
  readonly tokens: TokenUsage;
  readonly tokenLimits: TokenLimits;
  readonly memories: Memories;
  readonly logger: Logger;
  /** Time limit of one attempt at an agent, or at a kind that calls tools and models. */
  readonly agentTimeoutMs: number;
  /** The value of a named secret. */
  secret(name: string): string | undefined;
  readonly workspaces: RunWorkspaces;
}

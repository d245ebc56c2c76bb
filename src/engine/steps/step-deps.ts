import type { ArtifactStore } from '../../core/artifact-store.ts';
import type { Clock } from '../../core/clock.ts';
import type { CpuPool } from '../../core/cpu-pool.ts';
import type { Memories } from '../../core/memories.ts';
import type { Scope, User } from '../../core/principal.ts';
import type { Resources } from '../../core/resource.ts';
import type { SchemaValidator } from '../../core/schema-validator.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { TokenLimits, TokenUsage } from '../../core/token-usage.ts';
import type { Capabilities } from '../capabilities/capabilities.ts';
import type { Gate } from '../gate/gate.ts';

/** What every step needs. */
export interface CommandStepDeps {
  readonly resources: Resources;
  readonly artifacts: ArtifactStore;
  readonly schemas: SchemaValidator;
  readonly cpu: CpuPool;
  readonly gate: Gate;
  readonly clock: Clock;
  /** In one read. */
  readonly maxReadBytes: number;
  /** In one result. */
  readonly maxResultBytes: number;
  readonly timeoutMs: number;
  /** What of the stored content the principal may read. */
  scopeOf(who: User): Scope | undefined;
}

/** What steps need that call tools, ask models and keep files. */
export interface AgentStepDeps extends CommandStepDeps {
  readonly capabilities: Capabilities;
  readonly reader: Pick<StoreReader, 'history'>;
  readonly tokens: TokenUsage;
  readonly tokenLimits: TokenLimits;
  readonly memories: Memories;
  readonly logger: Logger;
  /** Of one attempt at a step that is an agent or a kind made of turns. */
  readonly agentTimeoutMs: number;
  /** The value of a named secret. */
  secret(name: string): string | undefined;
  /** The folder of a run, made when it is not there. */
  workspace(runId: string): Promise<string>;
}

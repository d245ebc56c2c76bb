import type { Memories } from '../../core/memories.ts';
import type { StoreReader } from '../../core/store-reader.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { TokenLimits, TokenUsage } from '../../core/token-usage.ts';
import type { Capabilities } from '../capabilities/capabilities.ts';
import type { CommandStepDeps } from './perform-command.ts';

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

import type { SavedArtifact, ToolContext } from '../../core/agent-session.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import type { NewEvent } from '../../core/event.ts';
import { newId } from '../../core/ids.ts';
import type { StepOutput } from '../../core/run.ts';
import { artifactUri } from '../../lib/artifact-uri.ts';
import { wellFormed } from '../../lib/json.ts';
import { mediaTypeInUtf8, parseMediaType } from '../../lib/media-type.ts';
import type { Attempt } from '../model/attempt.ts';
import type { SecretRedactor } from './secret-redactor.ts';
import type { AgentStepDeps } from './step-deps.ts';
import { openStepReader } from './step-reader.ts';
import { cpuOf } from './time-limit.ts';

/** Maximum of log lines of one attempt, and of characters of one line. */
const MAX_LOG_LINES = 2_000;
const MAX_LINE_CHARACTERS = 8_192;
/** Maximum of notifications and progress events of one attempt. */
const MAX_NOTIFICATIONS = 1_000;

/** Asked for each read: a tool or kind cannot open a resource that its caller may not fetch. */
const READ_ACTION = 'command:fetch';

/** Shared by all tools of one attempt. */
interface SharedState {
  lines: number;
  notes: number;
  /** Artifacts so far, which may not be in the store yet. */
  readonly saved: Map<string, StepOutput>;
  /** Called with each secret that is given out. */
  readonly addSecret: (secret: string) => void;
  /** Removes those secrets from bytes. */
  readonly redactBytes: (bytes: Uint8Array) => Uint8Array;
}

/** Creates the context of a tool call. */
export type ToolContexts = (signal: AbortSignal) => ToolContext;

/** Creates the contexts of one attempt, which share their limits. */
export function createToolContexts(
  deps: AgentStepDeps,
  { attempt, addSecret: learn, redactBytes: bytes }: SecretRedactor,
): ToolContexts {
  const shared: SharedState = { lines: 0, notes: 0, saved: new Map(), addSecret: learn, redactBytes: bytes };
  return (signal) => createToolContext(deps, { ...attempt, signal }, shared);
}

function createToolContext(deps: AgentStepDeps, attempt: Attempt, shared: SharedState): ToolContext {
  const { gate, clock } = deps;
  const { run, step, actor, signal } = attempt;
  const user = run.record.principal;
  const artifacts = deps.quotas.artifactsOf(user, deps.artifacts);
  const emit = (event: Pick<NewEvent, 'type' | 'payload'>) =>
    attempt.emit({ ...event, at: clock.now(), step: step.key } as NewEvent);
  const authorize = (action: string, uri?: CanonicalUri) => {
    try {
      const decision = gate.pass(actor, { action, ...(uri && { uri }) });
      emit({ type: 'POLICY_DECIDED', payload: { decision } });
    } catch (error) {
      if (error instanceof Fault && error.decision)
        emit({ type: 'POLICY_DECIDED', payload: { decision: error.decision } });
      throw error;
    }
  };
  const findSaved = (digest: string) => shared.saved.get(digest);
  const reading = openStepReader(deps, [{ action: READ_ACTION }], attempt, findSaved);
  return {
    runId: run.record.id,
    step: step.key,
    user,
    signal,
    cpu: cpuOf(deps, attempt),
    log(level, text) {
      shared.lines += 1;
      if (shared.lines > MAX_LOG_LINES) return;
      const line =
        shared.lines === MAX_LOG_LINES ? 'The limit of log lines is reached; further lines are dropped.' : text;
      emit({ type: 'LOG', payload: { level, text: truncate(line) } });
    },
    progress(percent, memo) {
      if (++shared.notes > MAX_NOTIFICATIONS) return;
      const payload = {
        // Often what a foreign server reports.
        ...(Number.isFinite(percent) && { percent: Math.round(Math.min(100, Math.max(0, Number(percent)))) }),
        ...(memo !== undefined && { memo: truncate(memo) }),
      };
      emit({ type: 'STEP_PROGRESS', payload });
    },
    notify(level, message) {
      if (++shared.notes > MAX_NOTIFICATIONS)
        throw new Fault('TOO_COSTLY', `A step may send at most ${MAX_NOTIFICATIONS} notifications.`);
      emit({ type: 'NOTIFICATION', payload: { level, message: truncate(message) } });
    },
    authorize,
    secret(name, uri) {
      authorize(`secret:${name}`, uri);
      const value = deps.secret(name);
      if (value !== undefined) {
        shared.addSecret(value);
        return value;
      }
      throw new Fault('NOT_FOUND', `Unknown secret ${name}. Set SECRET_${name}, or SECRET_${name}_FILE, and restart.`);
    },
    read: (source) => reading.read(source),
    async saveArtifact(rawName, rawMediaType, content): Promise<SavedArtifact> {
      // Both may come from an outside source.
      const name = truncate(rawName);
      const stated = parseMediaType(rawMediaType) ? wellFormed(rawMediaType) : 'application/octet-stream';
      const mediaType = typeof content === 'string' ? mediaTypeInUtf8(stated, content) : stated;
      const bytes = shared.redactBytes(typeof content === 'string' ? Buffer.from(content) : content);
      const { digest, size } = await artifacts.put(bytes, { maxBytes: deps.maxResultBytes, signal });
      shared.saved.set(digest, { mediaType, size, digest });
      emit({ type: 'ARTIFACT_CREATED', payload: { id: newId('art'), name, mediaType, digest, size } });
      return { name, uri: artifactUri(digest), media_type: mediaType, size, sha256: digest };
    },
    workspace: () => deps.workspaces.open(attempt),
  };
}

function truncate(text: string): string {
  return wellFormed(text.length > MAX_LINE_CHARACTERS ? `${text.slice(0, MAX_LINE_CHARACTERS)}…` : text);
}

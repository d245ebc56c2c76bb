import type { Kept, ToolContext } from '../../core/agent-session.ts';
import type { CanonicalUri } from '../../core/canonical-uri.ts';
import { Fault } from '../../core/errors.ts';
import type { NewEvent } from '../../core/event.ts';
import { newId } from '../../core/ids.ts';
import type { Output } from '../../core/run.ts';
import { wellFormed } from '../../core/well-formed.ts';
import { parseMediaType } from '../../resources/media-type.ts';
import type { Attempt } from '../model/attempt.ts';
import { openReading } from './perform-command.ts';
import type { Hiding } from './secret-redactor.ts';
import type { WorkDeps } from './step-deps.ts';

/** Log lines of one attempt at most, and characters of one line. */
const MOST_LINES = 2_000;
const LONGEST_LINE = 8_192;
/** Notifications and progress of one attempt at most. */
const MOST_NOTES = 1_000;

/** Asked for each read: whatever a tool or a kind is allowed itself, it opens no resource that its caller may not fetch. */
const READ = 'command:fetch';

/** What all tools of one attempt share. */
interface Shared {
  lines: number;
  notes: number;
  /** What it kept so far, which may not be in the store yet. */
  readonly kept: Map<string, Output>;
  /** Told of each secret that is handed out. */
  readonly learn: (secret: string) => void;
  /** The bytes without those secrets. */
  readonly hide: (bytes: Uint8Array) => Uint8Array;
}

/** What a tool may use on behalf of a step. */
export type ToolContexts = (signal: AbortSignal) => ToolContext;

/** Makes the contexts of one attempt, which have their limits together. */
export function createToolContexts(deps: WorkDeps, { attempt, learn, bytes }: Hiding): ToolContexts {
  const shared: Shared = { lines: 0, notes: 0, kept: new Map(), learn, hide: bytes };
  return (signal) => toolContext(deps, { ...attempt, signal }, shared);
}

function toolContext(deps: WorkDeps, attempt: Attempt, shared: Shared): ToolContext {
  const { gate, clock, artifacts } = deps;
  const { live, step, signal } = attempt;
  const who = live.run.principal;
  const note = (event: Pick<NewEvent, 'type' | 'payload'>) =>
    attempt.note({ ...event, at: clock.now(), step: step.key } as NewEvent);
  const authorize = (asked: string, uri?: CanonicalUri) => {
    try {
      const decision = gate.pass(who, { action: asked, ...(uri && { uri }) });
      note({ type: 'POLICY_DECIDED', payload: { decision } });
    } catch (error) {
      if (error instanceof Fault && error.decision)
        note({ type: 'POLICY_DECIDED', payload: { decision: error.decision } });
      throw error;
    }
  };
  const made = (digest: string) => shared.kept.get(digest);
  const reading = openReading(deps, [{ action: READ }], attempt, made);
  return {
    runId: live.run.id,
    step: step.key,
    who,
    signal,
    cpu: deps.cpu,
    log(level, text) {
      shared.lines += 1;
      if (shared.lines > MOST_LINES) return;
      const line = shared.lines === MOST_LINES ? 'It logs more than is kept; what follows is left out.' : text;
      note({ type: 'LOG', payload: { level, text: brief(line) } });
    },
    progress(percent, memo) {
      if (++shared.notes > MOST_NOTES) return;
      const payload = { ...(percent !== undefined && { percent }), ...(memo !== undefined && { memo: brief(memo) }) };
      note({ type: 'STEP_PROGRESS', payload });
    },
    notify(level, message) {
      if (++shared.notes > MOST_NOTES) throw new Fault('TOO_COSTLY', `A step notifies ${MOST_NOTES} times at most.`);
      note({ type: 'NOTIFICATION', payload: { level, message: brief(message) } });
    },
    authorize,
    secret(name, uri) {
      authorize(`secret:${name}`, uri);
      const value = deps.secret(name);
      if (value !== undefined) {
        shared.learn(value);
        return value;
      }
      throw new Fault(
        'NOT_FOUND',
        `There is no secret ${name}. Set SECRET_${name}, or SECRET_${name}_FILE, and restart.`,
      );
    },
    read: (source) => reading.read(source),
    async keep(named, typed, content): Promise<Kept> {
      // Both may be somebody else's words.
      const name = brief(named);
      const mediaType = parseMediaType(typed) ? wellFormed(typed) : 'application/octet-stream';
      const bytes = shared.hide(typeof content === 'string' ? Buffer.from(content) : content);
      const { digest, size } = await artifacts.put(bytes, { maxBytes: deps.maxResultBytes, signal });
      shared.kept.set(digest, { mediaType, size, digest });
      note({ type: 'ARTIFACT_CREATED', payload: { id: newId('art'), name, mediaType, digest, size } });
      return { name, uri: `artifact:sha256/${digest}`, media_type: mediaType, size, sha256: digest };
    },
    workspace: () => deps.workspace(live.run.id),
  };
}

/** No longer than is useful. */
function brief(text: string): string {
  return wellFormed(text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text);
}

import { setTimeout } from 'node:timers/promises';
import { Fault } from '../../../core/errors.ts';
import { EVENT_TYPE_NAMES } from '../../../core/event.ts';
import type { Scope, SignedIn } from '../../../core/principal.ts';
import type { RunRecord } from '../../../core/run.ts';
import { isFinalRunState } from '../../../core/states.ts';
import { parseResourceUri } from '../protocol/identifiers.ts';
import { callerScope, type McpDeps } from '../protocol/mcp-deps.ts';

/** Runs that one session wants to be told about. */
export interface ResourceSubscriptions {
  /** Tells whenever the run has changed, until it has ended. @throws Fault NOT_FOUND, FORBIDDEN, BAD_INPUT, THROTTLED */
  subscribe(who: SignedIn, uri: string): Promise<void>;
  unsubscribe(uri: string): void;
}

interface SubscriptionOptions {
  /** Runs at once. */
  readonly maxSubscriptions: number;
  /** The end of the session. */
  readonly ended: AbortSignal;
  onUpdated(uri: string): void;
}

/** Events that change a run; log lines do not. */
const RUN_CHANGE_EVENTS = EVENT_TYPE_NAMES.filter((type) => type !== 'LOG' && type !== 'AGENT_DELTA');
/** Whatever happens meanwhile is one change. */
const MIN_UPDATE_INTERVAL_MS = 200;

export function createResourceSubscriptions(
  deps: Pick<McpDeps, 'reader' | 'journal' | 'policy' | 'logger'>,
  { maxSubscriptions: most, ended, onUpdated: updated }: SubscriptionOptions,
): ResourceSubscriptions {
  const open = new Map<string, AbortController>();

  const follow = async (uri: string, run: RunRecord, scope: Scope, signal: AbortSignal) => {
    const batches = deps.journal.read(run.headPosition, { runId: run.id, types: RUN_CHANGE_EVENTS }, scope, { signal });
    for await (const { events } of batches) {
      if (events.length === 0) continue;
      updated(uri);
      const last = events.at(-1);
      if (last?.type === 'RUN_STATE_CHANGED' && isFinalRunState(last.payload.to)) return;
      await setTimeout(MIN_UPDATE_INTERVAL_MS, undefined, { signal });
    }
  };

  return {
    async subscribe(who, uri) {
      const named = parseResourceUri(uri);
      if (named?.kind !== 'run') {
        throw new Fault('BAD_INPUT', 'Only runs change: subscribe to signalbox://runs/RUN_ID.');
      }
      const scope = callerScope(deps, who);
      const run = await deps.reader.run(scope, named.runId);
      if (!run) throw new Fault('NOT_FOUND', `There is no run ${named.runId} that you may see.`);
      if (open.has(uri) || isFinalRunState(run.state)) return;
      if (open.size >= most) {
        throw new Fault('THROTTLED', `A session follows up to ${most} runs. Unsubscribe from one first.`);
      }
      const stop = new AbortController();
      open.set(uri, stop);
      follow(uri, run, scope, AbortSignal.any([stop.signal, ended]))
        .catch((error) => stop.signal.aborted || ended.aborted || deps.logger.warn('mcp.unsubscribed', { error }))
        .finally(() => open.get(uri) === stop && open.delete(uri));
    },
    unsubscribe(uri) {
      open.get(uri)?.abort();
      open.delete(uri);
    },
  };
}

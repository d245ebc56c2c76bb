import type { AgentSession, ModelReply, ToolInfo } from '../../core/agent-session.ts';
import { Fault } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import { type JsonObject, wellFormed, wellFormedJson } from '../../lib/json.ts';
import { MAX_INLINE_BYTES } from '../outputs/store-output.ts';
import type { MaskStream } from '../steps/secret-mask.ts';
import type { SecretRedactor } from '../steps/secret-redactor.ts';
import type { AgentStepDeps } from '../steps/step-deps.ts';
import { createToolContexts } from '../steps/tool-context.ts';
import { readReplayLog } from './replay-log.ts';
import { createToolCaller, DIVERGED_MESSAGE } from './tool-calls.ts';

/** At most twenty a second. */
const DELTA_INTERVAL_MS = 50;
/** The text of one event, in whole characters. A delta may be megabytes, and many clients watch. */
const DELTA_PIECE = /[\s\S]{1,16384}/gu;

/** The session of one attempt at an agent, or at a kind that calls tools and models. */
export async function createAgentSession(deps: AgentStepDeps, redactor: SecretRedactor): Promise<AgentSession> {
  const { clock } = deps;
  const { run, step, signal, emit, flush } = redactor.attempt;
  const replayLog = await readReplayLog(deps.reader, run, step);
  const contexts = createToolContexts(deps, redactor);
  const context = contexts(signal);
  const deltas = createDeltaBuffer(redactor.maskStream(), (text) =>
    emit({ type: 'AGENT_DELTA', at: clock.now(), step: step.key, payload: { text: wellFormed(text) } }),
  );
  // The attempt ends with its deltas recorded, however it ends.
  signal.addEventListener('abort', deltas.end, { once: true });

  let said = 0;
  /** The message at this position of the journal. @throws Fault CONFLICT when it is of another kind */
  const earlier = (isAnswer: boolean) => {
    const message = replayLog.messages[said];
    said += 1;
    if (message && (message.role === 'assistant') !== isAnswer) throw new Fault('CONFLICT', DIVERGED_MESSAGE);
    return message;
  };

  return {
    ...context,
    tools: deps.capabilities.tools.map(
      ({ name, description, input }): ToolInfo => ({
        name,
        description,
        input: input as unknown as JsonObject,
      }),
    ),
    callTool: createToolCaller(deps, redactor, { contexts, replayLog }),
    async addMessage(role, text) {
      if (earlier(false)) return;
      emit({ type: 'AGENT_MESSAGE', at: clock.now(), step: step.key, payload: { role, text: checkMessageSize(text) } });
      await flush();
    },
    async requestModel(request) {
      const entry = earlier(true);
      if (entry) return { text: entry.text, calls: entry.calls ?? [] };
      const turn = await request();
      deltas.end();
      const { text, calls, usage } = wellFormedJson({ ...turn } as JsonObject & ModelReply) as ModelReply;
      checkMessageSize(JSON.stringify(calls));
      const payload = {
        role: 'assistant' as const,
        text: checkMessageSize(text),
        ...(calls.length > 0 && { calls }),
        ...(usage && { usage }),
      };
      emit({ type: 'AGENT_MESSAGE', at: clock.now(), step: step.key, payload });
      await flush();
      return { text, calls };
    },
    streamText: deltas.add,
    async reserveTokens(tokens) {
      const id = newId('call');
      const { id: runId, principal: user } = run.record;
      const day = clock.now().toISOString().slice(0, 10);
      const missing = await deps.tokens.reserve({ id, runId, who: user, day, tokens }, deps.tokenLimits);
      if (missing) throw tooManyTokens(tokens, missing);
      return async (used) => {
        const isCount = Number.isSafeInteger(used) && used >= 0;
        if (!isCount || used > tokens) context.log('WARN', excessMessage(used, tokens));
        await deps.tokens.settle(id, isCount ? Math.min(used, tokens) : tokens);
      };
    },
  };
}

/** @throws Fault RESOURCE_TOO_LARGE */
function checkMessageSize(text: string): string {
  const clean = wellFormed(text);
  if (Buffer.byteLength(clean) <= MAX_INLINE_BYTES) return clean;
  throw new Fault(
    'RESOURCE_TOO_LARGE',
    `A message to or from an agent may have at most ${MAX_INLINE_BYTES} bytes. Pass the URI of an artifact instead.`,
  );
}

function tooManyTokens(tokens: number, { left, of }: { left: number; of: 'perRun' | 'perPrincipalDay' }): Fault {
  const whose = of === 'perRun' ? 'This run (LLM_TOKENS_PER_RUN)' : 'Its principal, today (LLM_TOKENS_PER_DAY),';
  return new Fault('TOO_COSTLY', `${whose} may use ${left} more tokens; this call may need ${tokens}. Ask for less.`);
}

function excessMessage(used: number, tokens: number): string {
  return `The endpoint reports ${used} used tokens; this call reserved ${tokens}, which is what counts. Check the endpoint.`;
}

/** Joins pieces of text that arrive faster than they are recorded, and hides secrets in them, wherever they are cut. */
function createDeltaBuffer(mask: MaskStream, record: (text: string) => void) {
  let text = '';
  let timer: NodeJS.Timeout | undefined;
  let lastAt = Number.NEGATIVE_INFINITY;
  const flush = (rest = '') => {
    clearTimeout(timer);
    timer = undefined;
    const shown = mask.push(text) + rest;
    text = '';
    const pieces = shown.match(DELTA_PIECE) ?? [];
    for (const piece of pieces) record(piece);
    // Not before they are recorded, which gives them their time.
    if (pieces.length > 0) lastAt = performance.now();
  };
  return {
    end() {
      const shown = mask.push(text);
      text = '';
      flush(shown + mask.end());
    },
    add: (piece: string) => {
      if (piece === '') return;
      text += piece;
      timer ??= setTimeout(() => flush(), Math.max(0, DELTA_INTERVAL_MS - (performance.now() - lastAt)));
    },
  };
}

import type OpenAI from 'openai';
import { abortFault } from '../../core/abort.ts';
import type { AgentSession } from '../../core/agent-session.ts';
import { Fault, isRetryable } from '../../core/errors.ts';
import { backoffDelayMs } from '../../lib/backoff.ts';
import type { Outgoing } from '../../resources/outgoing/outgoing.ts';
import { redactValues } from '../shared/secret-headers.ts';
import { type LlmCompletion, readCompletion } from './completion-stream.ts';
import { consumedNoTokens, llmFault } from './llm-fault.ts';
import { type LlmEndpoint, type LlmRequest, maxTokensOf, toRequestBody } from './request.ts';

export interface ChatCompletionDeps {
  readonly outgoing: Pick<Outgoing, 'fetch'>;
  /** How long the endpoint may be silent. Default one minute. */
  readonly idleMs?: number;
  /** Before the second attempt; doubled before each further one. Default 500 ms. */
  readonly backoffMs?: number;
}

const MAX_ATTEMPTS = 4;
const MAX_RETRY_DELAY_MS = 30_000;
const MAX_RESPONSE_BYTES = 4 * 2 ** 20;

/**
 * Asks a model once, within the budget, and streams the answer to `streamText`. Retries when the endpoint is busy or
 * unreachable, as long as no part of the answer has arrived. Each attempt reserves its tokens before it starts; unused
 * tokens are returned only when it is known how many were used.
 * @throws Fault for any failure of the endpoint, TOO_COSTLY, CANCELLED
 */
export async function completeChat(
  deps: ChatCompletionDeps,
  endpoint: LlmEndpoint,
  request: LlmRequest,
  session: AgentSession,
): Promise<LlmCompletion> {
  for (let attempt = 1; ; attempt += 1) {
    const release = await session.reserveTokens(maxTokensOf(request));
    let answering = false;
    const onText = (text: string) => {
      answering = true;
      session.streamText(text);
    };
    try {
      const answer = await sendRequest(deps, endpoint, request, session, onText);
      if (answer.usage) await release(answer.usage.totalTokens);
      checkFinishReason(answer, request, session);
      return answer;
    } catch (error) {
      if (session.signal.aborted) throw abortFault(session.signal);
      const fault = llmFault(error, endpoint.uri.host);
      if (!answering && consumedNoTokens(fault)) await release(0);
      const wait =
        fault.retryAfterMs ?? backoffDelayMs(attempt, { baseMs: deps.backoffMs ?? 500, random: Math.random });
      const mayRetry = !answering && attempt < MAX_ATTEMPTS && isRetryable(fault.code) && wait <= MAX_RETRY_DELAY_MS;
      if (!mayRetry) throw redactKey(fault, endpoint);
      session.log(
        'WARN',
        `${redactKey(fault, endpoint).message} Retrying in ${wait} ms (attempt ${attempt + 1} of ${MAX_ATTEMPTS}).`,
      );
      await sleep(wait, session.signal);
    }
  }
}

async function sendRequest(
  { outgoing, idleMs = 60_000 }: ChatCompletionDeps,
  { uri, model, apiKey }: LlmEndpoint,
  request: LlmRequest,
  { signal, user: owner }: AgentSession,
  onText: (text: string) => void,
): Promise<LlmCompletion> {
  const { default: Client } = await import('openai');
  const fetch = outgoing.fetch(uri, { maxBytes: MAX_RESPONSE_BYTES, idleMs, signal, owner });
  const client: OpenAI = new Client({
    baseURL: uri.href.replace(/\/$/, ''),
    apiKey: apiKey ?? 'none',
    // Without these, the package reads the environment.
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
    maxRetries: 0,
    // Sends only these headers: the package would add some that describe this machine.
    fetch: (url, init) =>
      fetch(url as string, {
        method: 'POST',
        body: init?.body as string,
        signal: init?.signal ?? null,
        headers: {
          'content-type': 'application/json',
          accept: 'text/event-stream',
          ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
        },
      }),
  });
  const stream = await client.chat.completions.create(toRequestBody(model, request), { signal });
  const answer = await readCompletion(stream, onText);
  // The package ends an aborted stream as if it were complete.
  if (signal.aborted) throw abortFault(signal);
  return answer;
}

/** A truncated answer is still an answer: later checks decide whether it is usable. */
function checkFinishReason(
  { finishReason: finish }: LlmCompletion,
  { maxTokens }: LlmRequest,
  session: AgentSession,
): void {
  if (finish === 'length')
    session.log('WARN', `The model's answer was truncated after ${maxTokens} tokens. Raise maxTokens.`);
  if (finish === 'content_filter') {
    throw new Fault('BAD_INPUT', "The model's content filter stopped its answer. Rephrase the goal.");
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(abortFault(signal));
    const onAbort = () => {
      clearTimeout(timer);
      reject(abortFault(signal));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** Some endpoints repeat the key in their messages. */
function redactKey(fault: Fault, { apiKey }: LlmEndpoint): Fault {
  if (apiKey === undefined || !fault.message.includes(apiKey)) return fault;
  const { code, retryAfterMs, details } = fault;
  return new Fault(code, redactValues(fault.message, [apiKey]), {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(details !== undefined && { details }),
  });
}

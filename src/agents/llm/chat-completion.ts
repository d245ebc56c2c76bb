import { abortFault } from '../../core/abort.ts';
import type { AgentSession } from '../../core/agent-session.ts';
import { Fault, isRetryable } from '../../core/errors.ts';
import { backoffDelayMs } from '../../lib/backoff.ts';
import { readEvents } from '../../resources/content/event-stream.ts';
import { networkFault } from '../../resources/outgoing/network-fault.ts';
import type { Outgoing } from '../../resources/outgoing/outgoing.ts';
import { redactValues } from '../../resources/outgoing/secret-headers.ts';
import { type AnswerListener, type LlmCompletion, readCompletion } from './completion-stream.ts';
import { consumedNoTokens, readRejection } from './llm-fault.ts';
import { type LlmEndpoint, type LlmRequest, maxTokensOf, refusedField, toRequestBody } from './request.ts';
import { malformedStreamFault } from './tool-call-pieces.ts';

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
    const listener = {
      onText: (text: string) => session.streamText(text),
      onPiece: () => {
        answering = true;
      },
    };
    try {
      const answer = await sendRequest(deps, endpoint, request, session, listener);
      if (answer.usage) await release(answer.usage.totalTokens);
      checkAnswer(answer, request, session);
      return answer;
    } catch (error) {
      if (session.signal.aborted) throw abortFault(session.signal);
      const fault = networkFault(error, endpoint.uri.host);
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

/** A field that the endpoint refuses is left out from then on, and the request is sent again at once. */
async function sendRequest(
  deps: ChatCompletionDeps,
  endpoint: LlmEndpoint,
  request: LlmRequest,
  session: AgentSession,
  listener: AnswerListener,
): Promise<LlmCompletion> {
  const { uri, apiKey } = endpoint;
  const { signal, user: owner } = session;
  const fetch = deps.outgoing.fetch(uri, {
    maxBytes: MAX_RESPONSE_BYTES,
    idleMs: deps.idleMs ?? 60_000,
    signal,
    owner,
  });
  for (;;) {
    const response = await fetch(`${uri.href.replace(/\/$/, '')}/chat/completions`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'text/event-stream',
        ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify(toRequestBody(endpoint, request)),
      signal,
    });
    if (response.ok) return await readCompletion(dataOf(response), listener);
    const { fault, explanation } = await readRejection(response, uri.host);
    const field = fault.code === 'BAD_INPUT' ? refusedField(explanation, endpoint) : undefined;
    if (!field) throw fault;
    endpoint.refused.add(field);
    session.log('DEBUG', `${uri.host} does not accept ${field}; asking without it.`);
  }
}

/** The data of the events of a response; an endpoint that does not stream answers with one JSON value. */
async function* dataOf(response: Response): AsyncGenerator<string> {
  if (/^application\/json\b/i.test(response.headers.get('content-type') ?? '')) {
    yield await response.text();
    return;
  }
  if (!response.body) return;
  for await (const { data } of readEvents(response.body)) if (data.trim() !== '') yield data;
}

/**
 * An answer may be empty after the tools have done the work. A truncated answer is still an answer: later checks decide
 * whether it is usable.
 * @throws Fault RESOURCE_UNREACHABLE for an empty answer, TOO_COSTLY for one that was truncated before its beginning, BAD_INPUT
 */
function checkAnswer(answer: LlmCompletion, { maxTokens, messages }: LlmRequest, session: AgentSession): void {
  const { finishReason: finish, text, calls } = answer;
  const isEmpty = text === '' && calls.length === 0;
  if (finish === 'content_filter') {
    throw new Fault('BAD_INPUT', "The model's content filter stopped its answer. Rephrase the goal.");
  }
  if (finish === 'length' && isEmpty) {
    const message = `The model used all of its ${maxTokens} tokens before it began to answer. Raise maxTokens.`;
    throw new Fault('TOO_COSTLY', message);
  }
  if (isEmpty && messages.at(-1)?.role !== 'tool') throw malformedStreamFault('an empty answer');
  if (finish === 'length')
    session.log('WARN', `The model's answer was truncated after ${maxTokens} tokens. Raise maxTokens.`);
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

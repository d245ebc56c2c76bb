import { Fault } from '../../core/errors.ts';
import type { LogLevel } from '../../core/event.ts';
import { isJsonObject, type Json, type JsonObject, wellFormed } from '../../lib/json.ts';
import { tryParseJson } from '../shared/try-parse-json.ts';

/** Output of an agent behind a WebSocket. */
export interface WebsocketReply {
  readonly text: string;
  /** Present when the text is JSON, or the agent sent its output as JSON. */
  readonly json?: Json;
}

/** A message from an agent. */
export type WebsocketMessage =
  | { readonly type: 'delta'; readonly text: string }
  | { readonly type: 'log'; readonly level: LogLevel; readonly text: string }
  /** Without `reply`, the text of all deltas is the reply. */
  | { readonly type: 'final'; readonly reply?: WebsocketReply };

const LOG_LEVELS: readonly string[] = ['DEBUG', 'INFO', 'WARN', 'ERROR'] satisfies readonly LogLevel[];

/**
 * Reads a message: a JSON object with a `type`, or else a piece of text.
 * @throws Fault RESOURCE_UNREACHABLE for a malformed message, BAD_INPUT for the agent's `error`
 */
export function parseWebsocketMessage(data: string | Uint8Array, host: string): WebsocketMessage {
  if (typeof data !== 'string') throw malformedMessageFault(host, 'bytes instead of text');
  const message = data.startsWith('{') ? tryParseJson(data) : undefined;
  if (!isJsonObject(message) || typeof message.type !== 'string') return { type: 'delta', text: wellFormed(data) };
  switch (message.type) {
    case 'delta':
      return { type: 'delta', text: textOf(message, host) };
    case 'log':
      return { type: 'log', level: levelOf(message.level), text: textOf(message, host) };
    case 'message':
    case 'final':
      return { type: 'final', ...replyOfMessage(message, host) };
    case 'error':
      throw new Fault('BAD_INPUT', `The agent at ${host} failed: ${textOf(message, host).slice(0, 1_000)}`);
    default:
      return { type: 'log', level: 'DEBUG', text: `message of unknown type ${wellFormed(message.type).slice(0, 100)}` };
  }
}

function replyOfMessage(message: JsonObject, host: string): { readonly reply?: WebsocketReply } {
  const { output } = message;
  if (output === undefined && message.text === undefined) return {};
  if (message.text === undefined && typeof output !== 'string') {
    return { reply: { text: JSON.stringify(output), json: output as Json } };
  }
  const text = textOf(message.text === undefined ? { text: output as Json } : message, host);
  const json = output !== undefined && typeof output !== 'string' ? output : tryParseJson(text);
  return { reply: { text, ...(json !== undefined && { json }) } };
}

function textOf(message: JsonObject, host: string): string {
  const text = message.text ?? message.message;
  if (typeof text !== 'string') throw malformedMessageFault(host, `a message of type ${message.type} without text`);
  return wellFormed(text);
}

function levelOf(level: Json | undefined): LogLevel {
  const name = typeof level === 'string' ? level.toUpperCase() : '';
  return LOG_LEVELS.includes(name) ? (name as LogLevel) : 'INFO';
}

function malformedMessageFault(host: string, what: string): Fault {
  const message = `The agent at ${host} sent ${what}. See docs/agents.md for the messages it may send.`;
  return new Fault('RESOURCE_UNREACHABLE', message, { details: { host } });
}

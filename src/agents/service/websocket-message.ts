import { Fault } from '../../core/errors.ts';
import type { LogLevel } from '../../core/event.ts';
import { isJsonObject, type Json, type JsonObject, wellFormed } from '../../lib/json.ts';
import { jsonOfText } from '../shared/try-parse-json.ts';

/** Output of an agent that was reached by WebSocket. */
export interface SocketReply {
  readonly text: string;
  /** Where the text is JSON, or the agent gave its output as such. */
  readonly json?: Json;
}

/** One message of an agent. */
export type SocketMessage =
  | { readonly type: 'delta'; readonly text: string }
  | { readonly type: 'log'; readonly level: LogLevel; readonly text: string }
  /** Without a reply: what it said before is all. */
  | { readonly type: 'final'; readonly reply?: SocketReply };

const LEVELS: readonly string[] = ['DEBUG', 'INFO', 'WARN', 'ERROR'] satisfies readonly LogLevel[];

/**
 * What a message means: a JSON object with a known `type`, or else a piece of text.
 * @throws Fault RESOURCE_UNREACHABLE for what no agent should send, BAD_INPUT for the agent's own `error`
 */
export function readSocketMessage(data: string | Uint8Array, host: string): SocketMessage {
  if (typeof data !== 'string') throw malformed(host, 'bytes instead of text');
  const message = data.startsWith('{') ? jsonOfText(data) : undefined;
  if (!isJsonObject(message) || typeof message.type !== 'string') return { type: 'delta', text: wellFormed(data) };
  switch (message.type) {
    case 'delta':
      return { type: 'delta', text: textOf(message, host) };
    case 'log':
      return { type: 'log', level: levelOf(message.level), text: textOf(message, host) };
    case 'message':
    case 'final':
      return { type: 'final', ...replyIn(message, host) };
    case 'error':
      throw new Fault('BAD_INPUT', `The agent at ${host} failed. It says: ${textOf(message, host).slice(0, 1_000)}`);
    default:
      return { type: 'log', level: 'DEBUG', text: `message of unknown type ${wellFormed(message.type).slice(0, 100)}` };
  }
}

function replyIn(message: JsonObject, host: string): { readonly reply?: SocketReply } {
  const { output } = message;
  if (output === undefined && message.text === undefined) return {};
  if (message.text === undefined && typeof output !== 'string') {
    return { reply: { text: JSON.stringify(output), json: output as Json } };
  }
  const text = textOf(message.text === undefined ? { text: output as Json } : message, host);
  const json = output !== undefined && typeof output !== 'string' ? output : jsonOfText(text);
  return { reply: { text, ...(json !== undefined && { json }) } };
}

function textOf(message: JsonObject, host: string): string {
  const text = message.text ?? message.message;
  if (typeof text !== 'string') throw malformed(host, `a message of type ${message.type} without a text`);
  return wellFormed(text);
}

function levelOf(level: Json | undefined): LogLevel {
  const name = typeof level === 'string' ? level.toUpperCase() : '';
  return LEVELS.includes(name) ? (name as LogLevel) : 'INFO';
}

function malformed(host: string, what: string): Fault {
  const message = `The agent at ${host} sends ${what}. See docs/agents.md for what it may send.`;
  return new Fault('RESOURCE_UNREACHABLE', message, { details: { host } });
}

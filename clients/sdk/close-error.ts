import { SignalboxError } from './signalbox-error.ts';

/** The server does not take the token, or no longer; 4401 says it in other servers' words. */
const REFUSED = [4401, 4403];
/** Both ends disagree about the protocol, a message is too big, or there is a bug: it would be the same next time. */
const BROKEN = [1002, 1003, 1007, 1009, 1010, 4400, 4406, 4409, 4500];

/** What the close code of a WebSocket (RFC 6455, section 7.4; PROTOCOL.md of graphql-ws) means. Most are passing. */
export function closeError(code: number, reason: string): SignalboxError {
  const said = `${code}${reason && `: ${reason}`}`;
  if (REFUSED.includes(code)) return new SignalboxError('UNAUTHENTICATED', `The server refused the token (${said}).`);
  if (BROKEN.includes(code)) return new SignalboxError('INTERNAL', `The server closed the connection (${said}).`);
  return new SignalboxError('UNAVAILABLE', `The connection was lost (${said}).`);
}

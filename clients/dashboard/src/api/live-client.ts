import { SignalboxError } from '../../../sdk/src/index.ts';
import type { LiveClient } from '../../../sdk/src/react/index.ts';
import { client } from './client.ts';
import { session } from './session.ts';

/** For what follows the server. When the session ends, the page asks to sign in; what follows waits, and continues where it was. */
export const liveClient: LiveClient = {
  async request(document, ...rest) {
    try {
      return await client.request(document, ...rest);
    } catch (error) {
      throw await afterSignIn(error, rest[1]?.signal);
    }
  },
  async *subscribe(document, ...rest) {
    try {
      return yield* client.subscribe(document, ...rest);
    } catch (error) {
      throw await afterSignIn(error, rest[1]?.signal);
    }
  },
};

/** For the end of a session: waits for the next one, and returns an error after which one tries again. Other errors are returned at once. */
async function afterSignIn(error: unknown, signal: AbortSignal | undefined): Promise<unknown> {
  if (!(error instanceof SignalboxError) || error.code !== 'UNAUTHENTICATED') return error;
  session.expired();
  await session.continued(signal);
  return new SignalboxError('UNAVAILABLE', 'The session had ended. Try again with the new one.', { cause: error });
}

import type { ServerResponse } from 'node:http';

/** Aborts when the client goes away before its answer is out. */
export function whileConnected(res: ServerResponse): AbortSignal {
  const gone = new AbortController();
  const abort = () => {
    if (!res.writableFinished) gone.abort();
  };
  if (res.closed) abort();
  else res.once('close', abort);
  return gone.signal;
}

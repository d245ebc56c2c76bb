import { useQuery } from '@tanstack/react-query';
import { errorOf, session } from './session.ts';

/** What is read before anybody asks for more, in bytes. */
export const PREVIEW_BYTES = 65_536;
/** Content up to this size is read whole. */
const WHOLE_BYTES = 262_144;

/** Bytes of something stored, from its begin. */
export interface Content {
  readonly bytes: Uint8Array;
  /** They are all of it. */
  readonly isWhole: boolean;
}

/** The bytes at the path of a resource or artifact: all of a small one, the first 64 KiB of a large one. They never change. */
export function useContent(url: string | undefined, size: number) {
  const isWhole = size <= WHOLE_BYTES;
  return useQuery({
    queryKey: ['content', url, isWhole],
    queryFn: ({ signal }) =>
      session.during(() => readContent(url ?? '', isWhole ? undefined : PREVIEW_BYTES, signal), signal),
    enabled: url !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Before the browser itself reads what is at a path, which it can only do while the session lasts: asks to sign in when it has ended. */
export async function keepSession(url: string): Promise<void> {
  await session.during(async () => {
    // What else is wrong, the browser says.
    const response = await fetch(url, { method: 'HEAD' }).catch(() => undefined);
    if (response?.status === 401) throw await errorOf(response);
  });
}

async function readContent(url: string, maxBytes: number | undefined, signal: AbortSignal): Promise<Content> {
  const response = await fetch(url, {
    signal,
    ...(maxBytes !== undefined && { headers: { range: `bytes=0-${maxBytes - 1}` } }),
  });
  if (!response.ok) throw await errorOf(response);
  return { bytes: new Uint8Array(await response.arrayBuffer()), isWhole: response.status !== 206 };
}

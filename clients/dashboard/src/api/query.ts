import {
  keepPreviousData,
  QueryClient,
  type QueryKey,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query';
import { useRef } from 'react';
import { SignalboxError, type TypedDocument } from '../../../sdk/src/index.ts';
import { client } from './client.ts';

const PERMANENT = ['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND', 'BAD_INPUT', 'TOO_COSTLY'];

/** The cache of what was read. A page shows what it has, and asks again when it is looked at. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (count, error) => count < 2 && !(error instanceof SignalboxError && PERMANENT.includes(error.code)),
      throwOnError: false,
    },
  },
});

interface ReadOptions {
  /** False: not now. */
  readonly enabled?: boolean;
  /** Read again after so many milliseconds while somebody looks. */
  readonly everyMs?: number;
  /** What was read is not read again for so many milliseconds. Default: 5,000. */
  readonly freshMs?: number;
  /** Show the former result while another is read. Default: true. */
  readonly keepFormer?: boolean;
}

/** The first word of the key of a document: its operation, by which `useRefresh` finds it. */
function keyOf(document: { toString(): string }, variables: unknown): QueryKey {
  const name = /^\s*(?:query|mutation|subscription)\s+(\w+)/.exec(document.toString())?.[1] ?? '';
  return [name, variables];
}

async function send<R, V>(document: TypedDocument<R, V>, variables: V, signal?: AbortSignal): Promise<R> {
  return await client.request(document as TypedDocument<R, object>, variables as object, signal ? { signal } : {});
}

/** Reads an operation, and again when its variables change or it is looked at again. */
export function useRead<R, V>(document: TypedDocument<R, V>, variables: V, options: ReadOptions = {}) {
  const { enabled = true, everyMs, freshMs, keepFormer = true } = options;
  return useQuery({
    queryKey: keyOf(document, variables),
    queryFn: ({ signal }) => send(document, variables, signal),
    enabled,
    ...(everyMs !== undefined && { refetchInterval: everyMs }),
    ...(freshMs !== undefined && { staleTime: freshMs }),
    ...(keepFormer && { placeholderData: keepPreviousData }),
  });
}

/** A page of a list, with the cursor of the next. */
interface Page<T> {
  readonly nodes: readonly T[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null | undefined };
}

/** Reads a list page by page; `after` is added to the variables. */
export function useReadPages<R, V, T>(
  document: TypedDocument<R, V>,
  variables: V,
  pageOf: (result: R) => Page<T> | null | undefined,
  { enabled = true, everyMs }: ReadOptions = {},
) {
  const query = useInfiniteQuery({
    // Not the key of useRead, whose entry in the cache is one result.
    queryKey: [...keyOf(document, variables), 'pages'],
    queryFn: ({ signal, pageParam }) => send(document, { ...variables, after: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => {
      const info = pageOf(last)?.pageInfo;
      return info?.hasNextPage ? (info.endCursor ?? undefined) : undefined;
    },
    enabled,
    ...(everyMs !== undefined && { refetchInterval: everyMs }),
    placeholderData: keepPreviousData,
  });
  return { ...query, nodes: query.data?.pages.flatMap((page) => pageOf(page)?.nodes ?? []) };
}

/**
 * Sends a mutation, or a query that somebody asks for. `unwrapped` takes its result, or throws its refusal; afterwards what `refreshes` names by
 * operation is read again. `mutate` does nothing while one is being sent, so that a double click sends one.
 */
export function useSend<R, V, T>(
  document: TypedDocument<R, V>,
  unwrapped: (result: R) => T,
  refreshes: readonly string[] = [],
) {
  const refresh = useRefresh();
  const isSending = useRef(false);
  const mutation = useMutation({
    mutationFn: async (variables: V) => unwrapped(await send(document, variables)),
    onSuccess: () => refresh(...refreshes),
    onSettled: () => {
      isSending.current = false;
    },
  });
  const mutate: typeof mutation.mutate = (...args) => {
    if (isSending.current) return;
    isSending.current = true;
    mutation.mutate(...args);
  };
  return { ...mutation, mutate };
}

/** Reads again what is shown of these operations. */
export function useRefresh(): (...operations: readonly string[]) => Promise<void> {
  const queries = useQueryClient();
  return async (...operations) => {
    await Promise.all(operations.map((name) => queries.invalidateQueries({ queryKey: [name] })));
  };
}

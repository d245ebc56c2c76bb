/** Parameters of GraphiQL's fetcher, and globals of the page. */
interface Operation {
  readonly query: string;
  readonly operationName?: string | null;
  readonly variables?: object;
}
interface Definition {
  readonly operation?: string;
  readonly name?: { readonly value: string };
}
interface FetcherOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly documentAST?: { readonly definitions: readonly Definition[] };
}
interface Observer {
  next(result: unknown): void;
  error(error: unknown): void;
  complete(): void;
}
interface Page {
  MonacoEnvironment: unknown;
  YogaGraphiQL: { renderYogaGraphiQL(root: Element | null, options: unknown): void };
}

/**
 * Runs in the browser, as a separate file, so it cannot use anything outside the function. Its fetcher speaks HTTP and
 * graphql-transport-ws, and keeps the token of the last sign-in while the page is open.
 */
export function startPage(): void {
  const page = globalThis as unknown as Page;
  const read = (id: string) => JSON.parse(document.getElementById(id)?.textContent ?? '{}');
  const workers: Record<string, string> = read('workers');
  const { endpoint, ...options } = read('options');
  let token: string | undefined;

  const ask = async (operation: Operation, headers: Readonly<Record<string, string>>) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(operation),
    });
    const result = await response.json();
    token = result.data?.signIn?.token ?? token;
    return result;
  };

  const watch = (operation: Operation, headers: Readonly<Record<string, string>>) => ({
    subscribe(observer: Observer) {
      const url = new URL(endpoint, location.href);
      url.protocol = url.protocol.replace('http', 'ws');
      const socket = new WebSocket(url, 'graphql-transport-ws');
      const send = (message: object) => socket.send(JSON.stringify(message));
      socket.onopen = () => send({ type: 'connection_init', payload: headers });
      socket.onclose = ({ reason }) => observer.error(new Error(reason || 'The connection is closed.'));
      socket.onmessage = ({ data }) => {
        const { type, payload } = JSON.parse(data);
        if (type === 'connection_ack') send({ type: 'subscribe', id: '1', payload: operation });
        else if (type === 'ping') send({ type: 'pong' });
        else if (type === 'next') observer.next(payload);
        else if (type === 'error') observer.next({ errors: payload });
        if (type !== 'complete' && type !== 'error') return;
        socket.onclose = null;
        socket.close();
        observer.complete();
      };
      return {
        unsubscribe() {
          socket.onclose = null;
          socket.close();
        },
      };
    },
  });

  const fetcher = (operation: Operation, { headers = {}, documentAST }: FetcherOptions = {}) => {
    const named = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
    const sent = token && !named ? { ...headers, Authorization: `Bearer ${token}` } : headers;
    const { operationName } = operation;
    const chosen = documentAST?.definitions.filter((d) => !operationName || d.name?.value === operationName);
    return chosen?.some((d) => d.operation === 'subscription') ? watch(operation, sent) : ask(operation, sent);
  };

  page.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_: string, label: string) => workers[label] };
  page.YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), { ...options, fetcher });
}

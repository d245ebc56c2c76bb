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
interface GraphqlError {
  readonly extensions?: { readonly code?: string };
}
interface Page {
  MonacoEnvironment: unknown;
  YogaGraphiQL: { renderYogaGraphiQL(root: Element | null, options: unknown): void };
}

/**
 * Runs in the browser, as a separate file, so it cannot use anything outside the function. Its fetcher speaks HTTP and
 * graphql-transport-ws, and keeps the token of the last sign-in in the session of the browser's tab, also when the page is
 * reloaded. It shows who that is.
 */
export function startPage(): void {
  const page = globalThis as unknown as Page;
  const read = (id: string) => JSON.parse(document.getElementById(id)?.textContent ?? '{}');
  const workers: Record<string, string> = read('workers');
  const options = read('options');
  const endpoint = location.pathname;
  const TOKEN_KEY = 'signalbox.token';
  let token = sessionStorage.getItem(TOKEN_KEY) ?? undefined;

  const setToken = (next: string | undefined) => {
    token = next;
    if (next === undefined) sessionStorage.removeItem(TOKEN_KEY);
    else sessionStorage.setItem(TOKEN_KEY, next);
  };
  const post = async (operation: Operation, headers: Readonly<Record<string, string>>) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(operation),
    });
    return response.json();
  };
  const showViewer = async () => {
    const shown = document.getElementById('viewer') as HTMLElement;
    const sent = token;
    // Without a token, the session of the dashboard counts.
    const headers: Record<string, string> = sent === undefined ? {} : { Authorization: `Bearer ${sent}` };
    const result = await post({ query: '{ viewer { username roles tenant } }' }, headers);
    const viewer = result?.data?.viewer;
    // The server answers requests whose token is invalid as those of nobody.
    if (result?.data && !viewer && token === sent) setToken(undefined);
    shown.textContent = viewer
      ? `Signed in as ${viewer.username} (${viewer.roles.join(', ')}), tenant ${viewer.tenant}.`
      : 'Not signed in. Run the mutation signIn in the first tab.';
  };

  const ask = async (operation: Operation, headers: Readonly<Record<string, string>>) => {
    const result = await post(operation, headers);
    const signedIn: string | undefined = result.data?.signIn?.token;
    const isRefused = result.errors?.some((error: GraphqlError) => error.extensions?.code === 'UNAUTHENTICATED');
    if (signedIn !== undefined) setToken(signedIn);
    if (signedIn !== undefined || isRefused) void showViewer();
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

  // GraphiQL takes the query of the address, but not its variables.
  const variables = new URLSearchParams(location.search).get('variables');
  if (variables !== null) options.variables = variables;

  void showViewer();
  page.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_: string, label: string) => workers[label] };
  page.YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), { ...options, fetcher });
}

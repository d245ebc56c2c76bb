import { createElement, type FunctionComponent, type ReactNode, StrictMode } from 'react';
import { type Client, createClient } from '../src/index.ts';
import { useRun, useRunLog, useStep } from '../src/react/index.ts';

interface Root {
  render(node: ReactNode): void;
  unmount(): void;
}

declare global {
  interface Window {
    show(name: string, props: object): void;
    hide(): void;
    /** How often each component of `CountedRun` has rendered. */
    renders: Record<string, number>;
  }
}

/** Has the test show components in strict mode, with a client of the server that the page was loaded from. */
export function servePage(createRoot: (element: Element) => Root, examples: Readonly<Record<string, unknown>>): void {
  const components: Readonly<Record<string, unknown>> = { ...examples, CountedRun, RefreshedRun, LongLog, Nothing };
  let root: Root | undefined;
  window.renders = {};
  window.show = (name, { token, ...props }: { token?: string }) => {
    const client = createClient({ url: '/', ...(token !== undefined && { token }) });
    const element = createElement(components[name] as FunctionComponent<{ client: Client }>, { client, ...props });
    root = createRoot(document.body);
    root.render(<StrictMode>{element}</StrictMode>);
  };
  window.hide = () => root?.unmount();
}

function Nothing() {
  return null;
}

interface RunProps {
  readonly client: Client;
  readonly id: string;
}

function count(name: string): void {
  window.renders[name] = (window.renders[name] ?? 0) + 1;
}

function RefreshedRun({ client, id }: RunProps) {
  const { data, error, refresh } = useRun(client, id);
  return (
    <button type="button" onClick={refresh}>
      {error?.code ?? data?.state}
    </button>
  );
}

function LongLog({ client, runId }: { readonly client: Client; readonly runId: string }) {
  const { data } = useRunLog(client, { runId, step: 'fetch' });
  const lines = data?.lines ?? [];
  return (
    <button type="button" onClick={data?.loadOlder}>
      {`${lines.length}: ${lines[0]?.text} to ${lines.at(-1)?.text}`}
    </button>
  );
}

function CountedRun({ client, id }: RunProps) {
  count('run');
  const { data: keys = [] } = useRun(client, id, ({ steps }) => [...steps.keys()]);
  return keys.map((key) => <CountedStep key={key} client={client} id={id} step={key} />);
}

function CountedStep({ client, id, step }: RunProps & { readonly step: string }) {
  count(step);
  const { data } = useStep(client, id, step);
  return <p>{`${step} ${data?.state}`}</p>;
}

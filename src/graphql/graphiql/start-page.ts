/** What GraphiQL's bundle leaves in the global scope, and what the page brings. */
interface Page {
  MonacoEnvironment: unknown;
  YogaGraphiQL: { renderYogaGraphiQL(root: Element | null, options: unknown): void };
}

/** Runs in the browser, as a file of its own: the page has no inline script. It may use nothing from around it. */
export function startPage(): void {
  const page = globalThis as unknown as Page;
  const read = (id: string) => JSON.parse(document.getElementById(id)?.textContent ?? '{}');
  const workers: Record<string, string> = read('workers');
  page.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_: string, label: string) => workers[label] };
  page.YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), read('options'));
}

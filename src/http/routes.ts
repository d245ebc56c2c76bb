import { downloadArtifact } from './download-artifact.ts';
import type { Exchange } from './exchange.ts';
import { reportHealth, scrapeMetrics } from './probes.ts';
import { uploadArtifact } from './upload-artifact.ts';

export interface Route {
  /** Names the route in metrics, traces and messages; `:name` stands for one segment. */
  readonly pattern: string;
  readonly methods: readonly string[];
  serve(exchange: Exchange): void | Promise<void>;
}

/** Everything that the server answers, beside `/`, which leads to GraphiQL. */
export const routes: readonly Route[] = [
  {
    pattern: '/graphql',
    methods: ['GET', 'HEAD', 'POST'],
    serve: ({ req, res, info, deps }) => {
      if (req.headers.expect !== undefined) res.writeContinue();
      return deps.graphql(req, res, info);
    },
  },
  { pattern: '/health', methods: ['GET', 'HEAD'], serve: reportHealth },
  { pattern: '/metrics', methods: ['GET', 'HEAD'], serve: scrapeMetrics },
  { pattern: '/artifacts/:digest', methods: ['GET', 'HEAD'], serve: downloadArtifact },
  { pattern: '/artifacts', methods: ['POST'], serve: uploadArtifact },
];

/** The route of a path, and what its pattern named; nothing is decoded. */
export function findRoute(path: string): { readonly route: Route; readonly params: Exchange['params'] } | undefined {
  for (const route of routes) {
    const names = route.pattern.split('/');
    const parts = path.split('/');
    const fits = names.length === parts.length && names.every((name, i) => name.startsWith(':') || name === parts[i]);
    if (!fits) continue;
    const named = names
      .map((name, i) => [name.slice(1), parts[i]] as const)
      .filter((_, i) => names[i]?.startsWith(':'));
    return { route, params: Object.fromEntries(named) };
  }
  return undefined;
}

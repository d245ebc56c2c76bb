import { serveDashboardAsset } from './endpoints/dashboard.ts';
import { downloadArtifact } from './endpoints/download-artifact.ts';
import { downloadLog } from './endpoints/download-log.ts';
import { serveDriveCallback } from './endpoints/drive-callback.ts';
import { serveFrame, serveFrameScript } from './endpoints/frame.ts';
import { serveMcp } from './endpoints/mcp.ts';
import { reportHealth, scrapeMetrics } from './endpoints/probes.ts';
import { METADATA_PATHS, serveProtectedResource } from './endpoints/protected-resource.ts';
import { serveSession } from './endpoints/session.ts';
import { uploadArtifact } from './endpoints/upload-artifact.ts';
import { receiveWebhook } from './endpoints/webhook.ts';
import { serveWorkflowSchema } from './endpoints/workflow-schema.ts';
import type { Exchange } from './exchange/exchange.ts';

export interface Route {
  /** Name of the route in metrics, traces and messages; `:name` matches one segment. */
  readonly pattern: string;
  readonly methods: readonly string[];
  serve(exchange: Exchange): void | Promise<void>;
}

/** All routes except the pages of the dashboard. */
export const routes: readonly Route[] = [
  {
    pattern: '/graphql',
    methods: ['GET', 'HEAD', 'POST'],
    serve: ({ req, res, info, deps }) => deps.graphql(req, res, info),
  },
  { pattern: '/mcp', methods: ['GET', 'POST', 'DELETE'], serve: serveMcp },
  ...METADATA_PATHS.map((pattern) => ({ pattern, methods: ['GET', 'HEAD'], serve: serveProtectedResource })),
  { pattern: '/health', methods: ['GET', 'HEAD'], serve: reportHealth },
  { pattern: '/metrics', methods: ['GET', 'HEAD'], serve: scrapeMetrics },
  { pattern: '/artifacts/:digest', methods: ['GET', 'HEAD'], serve: downloadArtifact },
  { pattern: '/artifacts', methods: ['POST'], serve: uploadArtifact },
  { pattern: '/runs/:id/log', methods: ['GET', 'HEAD'], serve: downloadLog },
  { pattern: '/hooks/:tenant/:name', methods: ['POST'], serve: receiveWebhook },
  { pattern: '/frame.html', methods: ['GET', 'HEAD'], serve: serveFrame },
  { pattern: '/frame.js', methods: ['GET', 'HEAD'], serve: serveFrameScript },
  { pattern: '/assets/:name', methods: ['GET', 'HEAD'], serve: serveDashboardAsset },
  { pattern: '/session', methods: ['POST', 'DELETE'], serve: serveSession },
  { pattern: '/oauth/drive', methods: ['GET', 'HEAD'], serve: serveDriveCallback },
  { pattern: '/schemas/workflow.json', methods: ['GET', 'HEAD'], serve: serveWorkflowSchema },
];

interface RouteMatch {
  readonly route: Route;
  /** Parameters of its pattern. */
  readonly params: Exchange['params'];
}

/** The routes without parameters, by path. */
const staticRoutes: ReadonlyMap<string, RouteMatch> = new Map(
  routes.filter(({ pattern }) => !pattern.includes(':')).map((route) => [route.pattern, { route, params: {} }]),
);

/** The route of a path, which is not decoded. */
export function matchRoute(path: string): RouteMatch | undefined {
  const found = staticRoutes.get(path);
  if (found) return found;
  const parts = path.split('/');
  for (const route of routes) {
    const names = route.pattern.split('/');
    const fits = names.length === parts.length && names.every((name, i) => name.startsWith(':') || name === parts[i]);
    if (!fits) continue;
    const named = names
      .map((name, i) => [name.slice(1), parts[i]] as const)
      .filter((_, i) => names[i]?.startsWith(':'));
    return { route, params: Object.fromEntries(named) };
  }
  return undefined;
}

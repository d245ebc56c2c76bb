import { type ComponentType, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { loaded } from './ui/loaded.tsx';
import { Empty, Skeleton } from './ui/notice.tsx';
import { Runs } from './views/runs/runs.tsx';
import { NEW_WORKFLOW } from './views/workflows/paths.ts';

type Load = () => Promise<unknown>;

/** A view in a file of the build that is loaded when somebody opens it. */
const view = <K extends string>(load: () => Promise<Record<K, ComponentType>>, name: K) =>
  [loaded(load, name), load] as const;

const VIEWS: readonly (readonly [string, ComponentType, Load?])[] = [
  ['/runs', Runs],
  ['/runs/:id', ...view(() => import('./views/run/run.tsx'), 'RunPage')],
  ['/compare/:a/:b', ...view(() => import('./views/compare/compare.tsx'), 'ComparePage')],
  ['/approvals', ...view(() => import('./views/approvals/approvals.tsx'), 'Approvals')],
  ['/approvals/:id', ...view(() => import('./views/approvals/approval.tsx'), 'ApprovalPage')],
  ['/schedules', ...view(() => import('./views/schedules/schedules.tsx'), 'Schedules')],
  ['/files', ...view(() => import('./views/files/files.tsx'), 'Files')],
  ['/workers', ...view(() => import('./views/workers/workers.tsx'), 'Workers')],
  ['/policy', ...view(() => import('./views/policy/rules.tsx'), 'Policy')],
  ['/policy/explain', ...view(() => import('./views/policy/explain.tsx'), 'Explain')],
  ['/policy/simulate', ...view(() => import('./views/policy/simulate.tsx'), 'Simulate')],
  ['/settings', ...view(() => import('./views/settings/settings.tsx'), 'SettingsPage')],
  ['/workflows', ...view(() => import('./views/workflows/workflows.tsx'), 'Workflows')],
  [NEW_WORKFLOW, ...view(() => import('./views/editor/editor-page.tsx'), 'NewWorkflowPage')],
  ['/workflows/:name', ...view(() => import('./views/workflows/workflow.tsx'), 'WorkflowPage')],
  ['/workflows/:name/edit', ...view(() => import('./views/editor/editor-page.tsx'), 'EditorPage')],
  ['/workflows/:name/run', ...view(() => import('./views/workflows/workflow-run.tsx'), 'WorkflowRunPage')],
  ['/workflows/:name/diff', ...view(() => import('./views/workflows/workflow-diff.tsx'), 'WorkflowDiffPage')],
  ['/play/:kind?/:name?', ...view(() => import('./views/playground/playground.tsx'), 'Playground')],
];

/** Loads the view of the path, and shows nothing: the server is asked meanwhile who is signed in. */
export function Preload() {
  return (
    <Switch>
      {VIEWS.map(([path, , load]) => (
        <Route key={path} path={path}>
          {() => {
            // Loaded once, as often as this is called. When it fails the view says so.
            load?.().catch(() => {});
            return null;
          }}
        </Route>
      ))}
    </Switch>
  );
}

/** Which view a path shows. */
export function Routes() {
  return (
    <Suspense fallback={<Skeleton rows={8} />}>
      <Switch>
        <Route path="/">
          <Redirect to="/runs" replace />
        </Route>
        {VIEWS.map(([path, component]) => (
          <Route key={path} path={path} component={component} />
        ))}
        <Route>
          <Empty title="This page does not exist">
            <p>Check the address, or choose a view of the navigation.</p>
          </Empty>
        </Route>
      </Switch>
    </Suspense>
  );
}

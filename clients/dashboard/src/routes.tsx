import { type ComponentType, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { loaded } from './ui/loaded.tsx';
import { Empty, Skeleton } from './ui/notice.tsx';
import { Runs } from './views/runs/runs.tsx';
import { NEW_WORKFLOW } from './views/workflows/paths.ts';

const VIEWS: readonly (readonly [string, ComponentType & { readonly load?: () => Promise<unknown> }])[] = [
  ['/runs', Runs],
  ['/runs/:id', loaded(() => import('./views/run/run.tsx'), 'RunPage')],
  ['/compare/:a/:b', loaded(() => import('./views/compare/compare.tsx'), 'ComparePage')],
  ['/approvals', loaded(() => import('./views/approvals/approvals.tsx'), 'Approvals')],
  ['/approvals/:id', loaded(() => import('./views/approvals/approval.tsx'), 'ApprovalPage')],
  ['/schedules', loaded(() => import('./views/schedules/schedules.tsx'), 'Schedules')],
  ['/files', loaded(() => import('./views/files/files.tsx'), 'Files')],
  ['/workers', loaded(() => import('./views/workers/workers.tsx'), 'Workers')],
  ['/policy', loaded(() => import('./views/policy/rules.tsx'), 'Policy')],
  ['/policy/explain', loaded(() => import('./views/policy/explain.tsx'), 'Explain')],
  ['/policy/simulate', loaded(() => import('./views/policy/simulate.tsx'), 'Simulate')],
  ['/settings', loaded(() => import('./views/settings/settings.tsx'), 'SettingsPage')],
  ['/workflows', loaded(() => import('./views/workflows/workflows.tsx'), 'Workflows')],
  [NEW_WORKFLOW, loaded(() => import('./views/editor/editor-page.tsx'), 'NewWorkflowPage')],
  ['/workflows/:name', loaded(() => import('./views/workflows/workflow.tsx'), 'WorkflowPage')],
  ['/workflows/:name/edit', loaded(() => import('./views/editor/editor-page.tsx'), 'EditorPage')],
  ['/workflows/:name/run', loaded(() => import('./views/workflows/workflow-run.tsx'), 'WorkflowRunPage')],
  ['/workflows/:name/diff', loaded(() => import('./views/workflows/workflow-diff.tsx'), 'WorkflowDiffPage')],
  ['/play/:kind?/:name?', loaded(() => import('./views/playground/playground.tsx'), 'Playground')],
];

/** Loads the view of the path, and shows nothing: the server is asked meanwhile who is signed in. */
export function Preload() {
  return (
    <Switch>
      {VIEWS.map(([path, { load }]) => (
        <Route key={path} path={path}>
          {() => {
            // Loaded once, as often as this is called. When it fails the view says so.
            void load?.();
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

import { WorkersDocument, WorkersLettersDocument, WorkersRestrictionsDocument } from '../../api/generated/graphql.ts';
import { choice, text, useUrlState } from '../../api/url-state.ts';
import { queryOf } from '../../ui/graphql-link.tsx';
import { IfMay } from '../../ui/if-may.tsx';
import { Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { DeadLetters } from './dead-letters.tsx';
import { NodeLoad } from './node-load.tsx';
import { Restrictions } from './restrictions.tsx';
import { WorkerList } from './worker-list.tsx';

const PARAMS = { show: choice('workers', 'restrictions', 'letters'), q: text, worker: text, reason: text };

const TABS = [
  { value: 'workers', label: 'Remote workers' },
  { value: 'restrictions', label: 'Restrictions' },
  { value: 'letters', label: 'Dead letters' },
] as const;

/** `/workers`: what does the work, how busy it is, and which jobs were given up. What is not open is not read. */
export function Workers() {
  const [{ show, q, worker, reason }, setUrl] = useUrlState(PARAMS);
  const query = {
    workers: queryOf(WorkersDocument, {}),
    restrictions: queryOf(WorkersRestrictionsDocument, {}),
    letters: queryOf(WorkersLettersDocument, { ...(reason !== '' && { reason }) }),
  }[show];
  return (
    <Page title="Workers" query={query}>
      <NodeLoad />
      <Tabs label="What to show" tabs={TABS} value={show} onChange={(value) => setUrl({ show: value, worker: '' })}>
        {show === 'letters' ? (
          <IfMay action="query:deadLetters" what="dead letters">
            <DeadLetters reason={reason} onReason={(value) => setUrl({ reason: value })} />
          </IfMay>
        ) : (
          <IfMay action="query:workers" what="the workers">
            {show === 'restrictions' ? (
              <Restrictions />
            ) : (
              <WorkerList
                search={q}
                onSearch={(value) => setUrl({ q: value })}
                open={worker}
                onOpen={(id) => setUrl({ worker: id }, { push: true })}
              />
            )}
          </IfMay>
        )}
      </Tabs>
    </Page>
  );
}

import { Link } from 'wouter';
import { SchedulesDocument } from '../../api/generated/graphql.ts';
import { useReadPages } from '../../api/query.ts';
import { text, useUrlState } from '../../api/url-state.ts';
import { useRememberedList } from '../../shell/remembered-list.ts';
import { useRowKeys } from '../../shell/row-keys.ts';
import { SearchField } from '../../shell/search-field.tsx';
import { Button } from '../../ui/button.tsx';
import { queryOf } from '../../ui/graphql-link.tsx';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Table } from '../../ui/table.tsx';
import { pathOfWorkflow } from '../workflows/paths.ts';
import { ScheduleLine } from './schedule-line.tsx';

const PARAMS = { q: text };

const COLUMNS = ['Workflow', 'Next', 'Last run', 'When', 'Overlap', 'Missed times', 'On behalf of', '-Actions'];

/** `/schedules`: which workflows start automatically, and when. */
export function Schedules() {
  const [{ q }, setUrl] = useUrlState(PARAMS);
  const { nodes, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useReadPages(
    SchedulesDocument,
    {},
    ({ schedules }) => schedules,
    { everyMs: 30_000 },
  );
  const word = q.trim().toLowerCase();
  const shown = nodes?.filter(({ workflow, principal }) =>
    [workflow.name, principal.username].some((name) => name.toLowerCase().includes(word)),
  );
  useRowKeys();
  useRememberedList((shown ?? []).map(({ workflow }) => pathOfWorkflow(workflow.name)));
  return (
    <Page
      title="Schedules"
      lead="Workflows that start automatically, each on behalf of who saved it."
      query={queryOf(SchedulesDocument, {})}
    >
      {nodes && nodes.length > 0 && (
        <SearchField label="Search schedules" value={q} onChange={(value) => setUrl({ q: value })} />
      )}
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {!nodes && !error && <Skeleton rows={6} label="Loading schedules" />}
      {nodes?.length === 0 && (
        <Empty title="No schedules yet">
          <p>
            Add one to the text of a <Link href="/workflows">workflow</Link>, such as{' '}
            <code>{'schedule: { cron: "0 2 * * *" }'}</code>, and save it.
          </p>
        </Empty>
      )}
      {shown?.length === 0 && nodes && nodes.length > 0 && (
        <Empty title="No schedules match">
          <p>Search for a part of the name of a workflow or a user.{hasNextPage && ' There are more below.'}</p>
        </Empty>
      )}
      {shown && shown.length > 0 && (
        <Table label="Schedules" columns={COLUMNS}>
          {shown.map((schedule) => (
            <ScheduleLine key={schedule.workflow.name} schedule={schedule} />
          ))}
        </Table>
      )}
      {hasNextPage && (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Show more
        </Button>
      )}
    </Page>
  );
}

import { Link } from 'wouter';
import { PlayCatalogDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Examples } from '../playground/examples.tsx';
import { itemsOf } from '../playground/play.ts';

/** On a server where nothing has run: examples that run on its sample data. */
export function FirstRun() {
  const { data, error, refetch } = useRead(PlayCatalogDocument, {});
  if (error) return <ErrorNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton rows={4} label="Loading the examples" />;
  return (
    <Empty title="Nothing has run yet">
      <p>These examples run on the sample data of the server:</p>
      <Examples items={itemsOf(data)} />
      <p>
        Or <Link href="/play">choose something else</Link> in the playground.
      </p>
    </Empty>
  );
}

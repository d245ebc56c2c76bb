import { Link } from 'wouter';
import { PlayCatalogDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { isExample, itemsOf, pathOf } from '../playground/play.ts';
import styles from './runs.module.css';

/** On a server where nothing has run: what runs as it is. */
export function FirstRun() {
  const { data, error, refetch } = useRead(PlayCatalogDocument, {});
  if (error) return <ErrorNotice error={error} retry={() => void refetch()} />;
  if (!data) return <Skeleton rows={4} label="Loading the examples" />;
  const examples = itemsOf(data).filter((one) => isExample(one) && one.name !== 'new');
  return (
    <Empty title="Nothing has run yet">
      <p>Each of these runs as it is, on the sample data:</p>
      <ul className={styles.examples}>
        {examples.map((one) => (
          <li key={one.title} data-row="">
            <Link href={pathOf(one)}>{one.title}</Link>
          </li>
        ))}
      </ul>
      <p>
        Or <Link href="/play">choose something else</Link> in the playground.
      </p>
    </Empty>
  );
}

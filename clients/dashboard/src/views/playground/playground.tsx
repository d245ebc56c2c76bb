import { Link, useLocation, useParams } from 'wouter';
import { PlayCatalogDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { text, useUrlState } from '../../api/url-state.ts';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { CatalogList } from './catalog-list.tsx';
import { readDraft } from './draft.ts';
import { Examples } from './examples.tsx';
import { useFormerRun } from './former-run.ts';
import { itemsOf, type PlayItem, pathOf } from './play.ts';
import { PlayForm } from './play-form.tsx';
import styles from './playground.module.css';

const PARAMS = { from: text, title: text };

/** `/play/:kind?/:name?`: a form for everything that this server can run. */
export function Playground() {
  const { kind, name } = useParams<{ kind?: string; name?: string }>();
  const [{ from, title }] = useUrlState(PARAMS);
  const [, navigate] = useLocation();
  const { data, error, refetch } = useRead(PlayCatalogDocument, {});
  const former = useFormerRun(from);
  const items = data && itemsOf(data);
  const named = items?.filter((one) => one.kind === kind && one.name === name);
  const chosen = named?.find((one) => one.title === title) ?? named?.at(-1);
  return (
    <Page title="Playground" lead="Run a command, a tool, an agent or a workflow, and see it as code.">
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {!items && !error && <Skeleton rows={8} label="Loading the catalog" />}
      {items && (
        <div className={styles.columns} data-chosen={chosen ? '' : undefined}>
          {chosen && (
            <Link href="/play" className={styles.all}>
              All commands, tools, agents and workflows
            </Link>
          )}
          <CatalogList items={items} chosen={chosen} onChoose={(one) => navigate(pathOf(one))} />
          {chosen && (from === '' || former.isReady) ? (
            <PlayForm
              key={`${chosen.kind} ${chosen.name} ${title} ${from}`}
              item={chosen}
              begin={readDraft() ?? former.value}
            />
          ) : (
            <Start items={items} isUnknown={kind !== undefined && !chosen} error={former.error} />
          )}
        </div>
      )}
    </Page>
  );
}

interface StartProps {
  readonly items: readonly PlayItem[];
  readonly isUnknown: boolean;
  readonly error: unknown;
}

function Start({ items, isUnknown, error }: StartProps) {
  if (error) return <ErrorNotice error={error} />;
  if (isUnknown) {
    return (
      <Empty title="The server does not have this">
        <p>It was removed, or you may not see it. Choose something from the list.</p>
      </Empty>
    );
  }
  return (
    <section className={styles.start} aria-labelledby="examples">
      <h2 id="examples">Start with an example</h2>
      <p>These run on the sample data of the server. Everything in the list has a form.</p>
      <Examples items={items} />
    </section>
  );
}

import { useLocation, useParams } from 'wouter';
import { PlayCatalogDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { text, useUrlState } from '../../api/url-state.ts';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { CatalogList } from './catalog-list.tsx';
import { readDraft } from './draft.ts';
import { useFormerRun } from './former-run.ts';
import { itemsOf, pathOf } from './play.ts';
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
        <div className={styles.columns}>
          <CatalogList items={items} chosen={chosen} onChoose={(one) => navigate(pathOf(one))} />
          {chosen && (from === '' || former.isReady) ? (
            <PlayForm
              key={`${chosen.kind} ${chosen.name} ${title} ${from}`}
              item={chosen}
              begin={readDraft() ?? former.value}
            />
          ) : (
            <Choice isUnknown={kind !== undefined && !chosen} error={former.error} />
          )}
        </div>
      )}
    </Page>
  );
}

function Choice({ isUnknown, error }: { readonly isUnknown: boolean; readonly error: unknown }) {
  if (error) return <ErrorNotice error={error} />;
  return isUnknown ? (
    <Empty title="The server does not have this">
      <p>It was removed, or you may not see it. Choose something from the list.</p>
    </Empty>
  ) : (
    <Empty title="What do you want to run?">
      <p>An example runs as it is. Everything else has a form.</p>
    </Empty>
  );
}

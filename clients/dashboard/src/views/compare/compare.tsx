import { useParams } from 'wouter';
import { isFinalRunState } from '../../../../sdk/src/live/index.ts';
import { CompareRunsDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { choice, text, useUrlState } from '../../api/url-state.ts';
import { Button } from '../../ui/button.tsx';
import { CheckField } from '../../ui/field.tsx';
import { queryOf } from '../../ui/graphql-link.tsx';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Changes } from './changes-table.tsx';
import styles from './compare.module.css';
import { pairsOf } from './compare-steps.ts';
import { RunHead } from './run-head.tsx';
import { StepTable } from './step-table.tsx';

const PARAMS = { step: text, show: choice('all', 'changed') };

/** While one of the runs continues. */
const READ_AGAIN_MS = 5_000;

/** `/compare/:a/:b`: two runs step by step, by the keys of the steps. */
export function ComparePage() {
  const { a = '', b = '' } = useParams<{ a: string; b: string }>();
  const [{ step, show }, setUrl] = useUrlState(PARAMS);
  const { data, error, refetch } = useRead(CompareRunsDocument, { a, b }, { keepFormer: false });
  const isOver = [data?.a, data?.b].every((run) => run && isFinalRunState(run.state));
  useRead(CompareRunsDocument, { a, b }, { enabled: data !== undefined && !isOver, everyMs: READ_AGAIN_MS });
  const both = data?.a && data.b ? { a: data.a, b: data.b } : undefined;
  const pairs = both && pairsOf(both.a.steps, both.b.steps);
  const changed = pairs?.filter(({ differs }) => differs) ?? [];
  return (
    <Page title="Compare runs" query={queryOf(CompareRunsDocument, { a, b })}>
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton rows={10} label="Loading the runs" />}
      {data && !both && (
        <Empty title={`There is no run ${data.a ? b : a}`}>
          <p>It does not exist, it was removed after its retention time, or you may not see it.</p>
        </Empty>
      )}
      {both && pairs && (
        <>
          <div className={styles.heads}>
            <RunHead name="A" run={both.a} />
            <RunHead name="B" run={both.b} />
          </div>
          <section aria-label="Inputs of the runs">
            <h2>Inputs</h2>
            <Changes a={both.a.inputs} b={both.b.inputs} />
          </section>
          <section aria-label="Steps">
            <header className={styles.bar}>
              <h2>
                Steps: {changed.length} of {pairs.length} differ
              </h2>
              <CheckField
                label="Only those that differ"
                checked={show === 'changed'}
                onChange={({ target }) => setUrl({ show: target.checked ? 'changed' : 'all' })}
              />
            </header>
            <StepTable
              a={a}
              b={b}
              pairs={show === 'changed' ? changed : pairs}
              open={step}
              onOpen={(key) => setUrl({ step: key === step ? '' : key })}
            />
            {show === 'changed' && changed.length === 0 && (
              <Empty title="No steps differ">
                <Button onClick={() => setUrl({ show: 'all' })}>Show all steps</Button>
              </Empty>
            )}
          </section>
        </>
      )}
    </Page>
  );
}

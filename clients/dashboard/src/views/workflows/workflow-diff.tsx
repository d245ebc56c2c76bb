import { Link, useParams } from 'wouter';
import {
  WorkflowTextsDocument,
  type WorkflowTextsQuery,
  WorkflowVersionsDocument,
} from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { useSettings } from '../../api/settings.ts';
import { text, useUrlState } from '../../api/url-state.ts';
import { LineDiffView } from '../../parts/diff/line-diff-view.tsx';
import { SelectField } from '../../ui/field.tsx';
import { queryOf } from '../../ui/graphql-link.tsx';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { dayClockText } from '../../ui/time-text.ts';
import { pathOfWorkflow } from './paths.ts';
import styles from './workflows.module.css';

const PARAMS = { a: text, b: text };

const numberOf = (value: string) => (/^\d+$/.test(value) ? Number(value) : undefined);

/** `/workflows/:name/diff?a=&b=`: two versions, line by line. Without numbers: the newest and the one before it. */
export function WorkflowDiffPage() {
  const { name = '' } = useParams<{ name: string }>();
  const [url, setUrl] = useUrlState(PARAMS);
  const { data: list, error: listError, refetch } = useRead(WorkflowVersionsDocument, { name });
  const versions = list?.workflow?.versions.nodes ?? [];
  const newest = versions[0]?.version ?? 0;
  const b = numberOf(url.b) ?? newest;
  const a = numberOf(url.a) ?? Math.max(1, b - 1);
  const { data, error } = useRead(WorkflowTextsDocument, { name, a, b }, { enabled: b > 0, keepFormer: false });
  const problem = listError ?? error;
  return (
    <Page
      title={`Versions of ${name}`}
      lead={<Link href={pathOfWorkflow(name)}>{name}</Link>}
      query={b > 0 ? queryOf(WorkflowTextsDocument, { name, a, b }) : queryOf(WorkflowVersionsDocument, { name })}
    >
      {problem && <ErrorNotice error={problem} retry={() => void refetch()} />}
      {list && !list.workflow && (
        <Empty title="There is no such workflow">
          <p>
            It was deleted, or has another name. <Link href="/workflows">See all workflows</Link>.
          </p>
        </Empty>
      )}
      {list?.workflow && (
        <div className={styles.choices}>
          <VersionField label="From" value={a} numbers={versions} onChange={(next) => setUrl({ a: next })} />
          <VersionField label="To" value={b} numbers={versions} onChange={(next) => setUrl({ b: next })} />
        </div>
      )}
      {!data && !problem && list?.workflow !== null && <Skeleton rows={10} label="Loading both versions" />}
      {data && <Comparison name={name} a={a} b={b} data={data} />}
    </Page>
  );
}

interface VersionFieldProps {
  readonly label: string;
  readonly value: number;
  readonly numbers: readonly { readonly version: number; readonly createdAt: string }[];
  readonly onChange: (value: string) => void;
}

function VersionField({ label, value, numbers, onChange }: VersionFieldProps) {
  const { zone } = useSettings();
  return (
    <SelectField label={label} value={value} onChange={({ target }) => onChange(target.value)}>
      {/* One that is older than those of the first page. */}
      {numbers.every(({ version }) => version !== value) && <option value={value}>Version {value}</option>}
      {numbers.map(({ version, createdAt }) => (
        <option key={version} value={version}>
          Version {version}, {dayClockText(Date.parse(createdAt), zone)}
        </option>
      ))}
    </SelectField>
  );
}

interface ComparisonProps {
  readonly name: string;
  readonly a: number;
  readonly b: number;
  readonly data: WorkflowTextsQuery;
}

function Comparison({ name, a, b, data }: ComparisonProps) {
  if (data.a && data.b) {
    return (
      <LineDiffView before={data.a.yaml} after={data.b.yaml} label={`${name}, from version ${a} to version ${b}`} />
    );
  }
  return (
    <Empty title={`${name} has no version ${data.a ? b : a}`}>
      <p>Choose another one.</p>
    </Empty>
  );
}

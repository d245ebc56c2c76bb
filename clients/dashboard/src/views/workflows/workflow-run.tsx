import { Link, useParams } from 'wouter';
import { WorkflowFormDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import type { FormSchema } from '../../parts/schema-form/schema.ts';
import { queryOf } from '../../ui/graphql-link.tsx';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { pathOfWorkflow } from './paths.ts';
import { StartForm } from './start-form.tsx';

/** `/workflows/:name/run`: a form of its inputs, which starts its newest version. */
export function WorkflowRunPage() {
  const { name = '' } = useParams<{ name: string }>();
  const { data, error, refetch } = useRead(WorkflowFormDocument, { name }, { keepFormer: false });
  const workflow = data?.workflow;
  return (
    <Page
      title={`Run ${name}`}
      query={queryOf(WorkflowFormDocument, { name })}
      lead={
        <>
          <Link href={pathOfWorkflow(name)}>{name}</Link>
          {workflow && ` version ${workflow.version}`}
          {workflow?.description && (
            <>
              : <bdi>{workflow.description}</bdi>
            </>
          )}
        </>
      }
    >
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton rows={4} label="Loading the inputs" />}
      {data && !workflow && (
        <Empty title="There is no such workflow">
          <p>
            It was deleted, or has another name. <Link href="/workflows">See all workflows</Link>.
          </p>
        </Empty>
      )}
      {workflow && <StartForm name={name} source={{ name }} schema={workflow.inputs as FormSchema} />}
    </Page>
  );
}

import { useState } from 'react';
import { Link, useLocation, useParams } from 'wouter';
import { EditorWorkflowDocument } from '../../api/generated/graphql.ts';
import { useRead } from '../../api/query.ts';
import { useViewer } from '../../api/viewer.ts';
import { queryOf } from '../../ui/graphql-link.tsx';
import { Empty, ErrorNotice, Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { NEW_WORKFLOW, pathOfWorkflow } from '../workflows/paths.ts';
import type { SavedText } from './drafts.ts';
import { Editor } from './editor.tsx';

/** What a new workflow begins with: it can be run, and shows the form. */
const FIRST_TEXT = `name: my_workflow
description: What it is for.
steps:
  - id: first
    kind: transform
    input: { data: [1, 2, 3], expression: "$sum($)" }
outputs:
  total: "{{ steps.first.output }}"
`;

const NEW: SavedText = { name: '', version: 0, text: '' };

/** The editor, for a workflow that is not saved yet. */
export function NewWorkflowPage() {
  const [, navigate] = useLocation();
  const { data } = useViewer();
  if (!data?.viewer) return null;
  return (
    <Editor
      user={data.viewer.subject}
      saved={NEW}
      begin={FIRST_TEXT}
      onSaved={({ name }) => navigate(pathOfWorkflow(name, 'edit'))}
    />
  );
}

/** `/workflows/:name/edit`: the editor, for the newest version of a saved workflow. */
export function EditorPage() {
  const { name = '' } = useParams<{ name: string }>();
  return <SavedEditor key={name} name={name} />;
}

function SavedEditor({ name }: { readonly name: string }) {
  const [, navigate] = useLocation();
  const { data: user } = useViewer();
  const { data, error, refetch } = useRead(EditorWorkflowDocument, { name }, { keepFormer: false });
  // What another saves while somebody writes is no reason to replace the text: saving finds out.
  const [saved, setSaved] = useState<SavedText>();
  if (data?.workflow && !saved) setSaved({ name, version: data.workflow.version, text: data.workflow.yaml });
  if (saved && user?.viewer) {
    return (
      <Editor
        user={user.viewer.subject}
        saved={saved}
        begin={saved.text}
        onSaved={(next) => {
          setSaved(next);
          if (next.name !== name) navigate(pathOfWorkflow(next.name, 'edit'));
        }}
      />
    );
  }
  return (
    <Page
      title={`Edit ${name}`}
      lead={<Link href="/workflows">All workflows</Link>}
      query={queryOf(EditorWorkflowDocument, { name })}
    >
      {error && <ErrorNotice error={error} retry={() => void refetch()} />}
      {!data && !error && <Skeleton rows={12} label="Loading the workflow" />}
      {data && !data.workflow && (
        <Empty title="There is no such workflow">
          <p>
            It was deleted, or has another name. <Link href={NEW_WORKFLOW}>Write a new one</Link>.
          </p>
        </Empty>
      )}
    </Page>
  );
}

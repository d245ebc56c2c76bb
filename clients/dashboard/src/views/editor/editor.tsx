import type { EditorView } from '@codemirror/view';
import { Suspense, useCallback, useRef, useState } from 'react';
import { EditorNamesDocument, EditorWorkflowDocument } from '../../api/generated/graphql.ts';
import { choice, useUrlState } from '../../api/url-state.ts';
import { useKeys } from '../../shell/keys.ts';
import { queryOf } from '../../ui/graphql-link.tsx';
import { loaded } from '../../ui/loaded.tsx';
import { Skeleton } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { DraftOffer } from './draft-offer.tsx';
import { discardDraft, keepDraft, type SavedText } from './drafts.ts';
import styles from './editor.module.css';
import { EditorActions } from './editor-actions.tsx';
import type { EditText } from './edits/read-steps.ts';
import { lineOfStep, stepAtLine } from './edits/steps-of-text.ts';
import { ProblemList } from './problem-list.tsx';
import { Steps } from './steps.tsx';
import { useKnownNames, useValidation, useWorkflowSchema } from './use-validation.ts';
import { WorkflowText } from './workflow-text.tsx';

interface Props {
  /** Whose drafts. */
  readonly user: string;
  readonly saved: SavedText;
  /** What the editor begins with. */
  readonly begin: string;
  readonly onSaved: (saved: SavedText) => void;
}

/** What reads YAML is loaded after the text is there. */
const StepEdits = loaded(() => import('./step-edits.tsx'), 'StepEdits');

const PARAMS = { show: choice('both', 'text', 'steps') };

const NONE: readonly never[] = [];

const SHOWS = [
  { value: 'both', label: 'Split' },
  { value: 'text', label: 'Text' },
  { value: 'steps', label: 'Steps' },
] as const;

/** Of this editor. Without a secure connection browsers have no UUID. */
const newDraftId = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;

/** The text of a workflow next to its steps: each follows the other. */
export function Editor({ user, saved, begin, onSaved }: Props) {
  const view = useRef<EditorView>(null);
  const [{ show }, setUrl] = useUrlState(PARAMS);
  const [text, setText] = useState(begin);
  // The version that the text began from: an older one after a draft was restored.
  const [base, setBase] = useState(saved.version);
  const [cursorLine, setCursorLine] = useState(1);
  const [refused, setRefused] = useState<{ readonly at: string | undefined; readonly why: string }>();
  const drafts = { user, name: saved.name };
  const [draftId] = useState(newDraftId);
  const [asksToSave, setAsksToSave] = useState(false);
  const sources = { schema: useWorkflowSchema(), names: useKnownNames() };
  const checked = useValidation(text);
  const nodes = checked.graph?.nodes ?? NONE;
  const step = stepAtLine(cursorLine, text, nodes);
  const selected = step?.key;
  // Its lines are lines of the step that it undoes.
  const compensation = nodes.findLast(
    ({ undoes, line }) => undoes !== null && undoes === selected && line !== null && line <= cursorLine,
  );

  const change = (next: string) => {
    setText(next);
    if (next === begin) discardDraft(drafts, draftId);
    else keepDraft(drafts, { id: draftId, text: next, version: base });
  };
  /** Puts in another text, as one change that can be undone; with a version, what begins from that version. */
  const replace = (next: string, version = base) => {
    const editor = view.current;
    if (!editor) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: next } });
    setBase(version);
    if (next !== begin) keepDraft(drafts, { id: draftId, text: next, version });
  };
  const showLine = useCallback((line: number) => {
    const editor = view.current;
    if (!editor || line > editor.state.doc.lines) return;
    const { from } = editor.state.doc.line(line);
    editor.dispatch({ selection: { anchor: from }, scrollIntoView: true });
  }, []);
  const select = useCallback(
    (key: string) => {
      const line = lineOfStep(view.current?.state.doc.toString() ?? '', key, nodes);
      if (line !== undefined) showLine(line);
    },
    [nodes, showLine],
  );
  const edit = useCallback<EditText>(
    (make, selects) => {
      const editor = view.current;
      if (!editor) return;
      const { doc, selection } = editor.state;
      const result = make(doc.toString());
      const at = stepAtLine(doc.lineAt(selection.main.head).number, doc.toString(), nodes)?.key;
      setRefused('refused' in result ? { at, why: result.refused } : undefined);
      if ('refused' in result) return;
      editor.dispatch({ changes: [...result.changes], userEvent: 'input' });
      if (selects !== undefined) select(selects);
    },
    [nodes, select],
  );
  useKeys({ 'ctrl+s': () => setAsksToSave(text !== saved.text) });
  return (
    <Page
      title={saved.name === '' ? 'New workflow' : `Edit ${saved.name}`}
      query={
        saved.name === '' ? queryOf(EditorNamesDocument, {}) : queryOf(EditorWorkflowDocument, { name: saved.name })
      }
      actions={
        <EditorActions
          text={text}
          base={base}
          saved={saved}
          checked={checked}
          asksToSave={asksToSave}
          onAsk={setAsksToSave}
          onReplace={replace}
          onSaved={(next) => {
            discardDraft(drafts, draftId);
            setBase(next.version);
            onSaved(next);
          }}
        />
      }
    >
      <DraftOffer user={user} saved={saved} onRestore={(draft) => replace(draft.text, draft.version)} />
      <Tabs label="What is shown" tabs={SHOWS} value={show} onChange={(value) => setUrl({ show: value })}>
        <div className={styles.columns} data-show={show}>
          <div className={styles.pane} hidden={show === 'steps'}>
            <WorkflowText
              text={begin}
              view={view}
              onChange={change}
              onCursor={setCursorLine}
              problems={checked.validation?.problems ?? NONE}
              sources={sources}
            />
          </div>
          <div className={styles.pane} hidden={show === 'text'}>
            <Steps
              checked={checked}
              selected={compensation?.key ?? selected}
              onSelect={select}
              onEdit={edit}
              refused={refused?.at === selected ? refused?.why : undefined}
            >
              {checked.graph && (
                <Suspense fallback={<Skeleton rows={4} label="Loading the form" />}>
                  <StepEdits
                    text={text}
                    graph={checked.graph}
                    schema={sources.schema}
                    selected={step}
                    onEdit={edit}
                    onShowLine={showLine}
                  />
                </Suspense>
              )}
            </Steps>
          </div>
        </div>
      </Tabs>
      <ProblemList
        checked={checked}
        onShow={(line) => {
          if (show === 'steps') setUrl({ show: 'both' });
          showLine(line);
          view.current?.focus();
        }}
      />
    </Page>
  );
}

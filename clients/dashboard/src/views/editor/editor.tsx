import type { EditorView } from '@codemirror/view';
import { useRef, useState } from 'react';
import { EditorNamesDocument, EditorWorkflowDocument } from '../../api/generated/graphql.ts';
import { choice, useUrlState } from '../../api/url-state.ts';
import { useKeys } from '../../shell/keys.ts';
import { queryOf } from '../../ui/graphql-link.tsx';
import { Page } from '../../ui/page.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { DraftOffer } from './draft-offer.tsx';
import { discardDraft, keepDraft, type SavedText } from './drafts.ts';
import styles from './editor.module.css';
import { EditorActions } from './editor-actions.tsx';
import { addDependency, removeDependency } from './edits/edits.ts';
import type { StepEdit } from './edits/read-steps.ts';
import { lineOfStep, stepAtLine } from './edits/steps-of-text.ts';
import { ProblemList } from './problem-list.tsx';
import { StepEdits } from './step-edits.tsx';
import { Steps } from './steps.tsx';
import { TextEditor } from './text-editor.tsx';
import { useKnownNames, useValidation, useWorkflowSchema } from './use-validation.ts';

interface Props {
  /** Whose drafts. */
  readonly user: string;
  readonly saved: SavedText;
  /** What the editor begins with. */
  readonly begin: string;
  readonly onSaved: (saved: SavedText) => void;
}

const PARAMS = { show: choice('both', 'text', 'steps') };

const SHOWS = [
  { value: 'both', label: 'Split' },
  { value: 'text', label: 'Text' },
  { value: 'steps', label: 'Steps' },
] as const;

/** The text of a workflow next to its steps: each follows the other. */
export function Editor({ user, saved, begin, onSaved }: Props) {
  const view = useRef<EditorView>(null);
  const [{ show }, setUrl] = useUrlState(PARAMS);
  const [text, setText] = useState(begin);
  // The version that the text began from: an older one after a draft was restored.
  const [base, setBase] = useState(saved.version);
  const [cursorLine, setCursorLine] = useState(1);
  const [refused, setRefused] = useState<{ readonly at: string | undefined; readonly why: string }>();
  const [asksToSave, setAsksToSave] = useState(false);
  const sources = { schema: useWorkflowSchema(), names: useKnownNames() };
  const checked = useValidation(text);
  const problems = checked.validation?.problems ?? [];
  const selected = stepAtLine(cursorLine, text, checked.graph?.nodes ?? []);
  // Its lines are lines of the step that it undoes.
  const compensation = checked.graph?.nodes.findLast(
    ({ undoes, line }) => undoes !== null && undoes === selected && line !== null && line <= cursorLine,
  );

  const change = (next: string) => {
    setText(next);
    if (next === begin) discardDraft(user, saved.name);
    else keepDraft(user, saved.name, next, base);
  };
  /** Puts in another text, as one change that can be undone; with a version, what begins from that version. */
  const replace = (next: string, version = base) => {
    const editor = view.current;
    if (!editor) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: next } });
    setBase(version);
    if (next !== begin) keepDraft(user, saved.name, next, version);
  };
  const showLine = (line: number) => {
    const editor = view.current;
    if (!editor || line > editor.state.doc.lines) return;
    const { from } = editor.state.doc.line(line);
    editor.dispatch({ selection: { anchor: from }, scrollIntoView: true });
  };
  const select = (key: string) => {
    // A compensation is not an item of the list of steps.
    const line = lineOfStep(text, key) ?? checked.graph?.nodes.find((node) => node.key === key)?.line;
    if (line != null) showLine(line);
  };
  const edit = (result: StepEdit, selects?: string) => {
    setRefused('refused' in result ? { at: selected, why: result.refused } : undefined);
    const editor = view.current;
    if (!editor || 'refused' in result) return;
    editor.dispatch({ changes: [...result.changes], userEvent: 'input' });
    const line = selects === undefined ? undefined : lineOfStep(editor.state.doc.toString(), selects);
    if (line !== undefined) showLine(line);
  };
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
            discardDraft(user, saved.name);
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
            <TextEditor
              text={begin}
              view={view}
              onChange={change}
              onCursor={setCursorLine}
              problems={problems}
              sources={sources}
            />
          </div>
          <div className={styles.pane} hidden={show === 'text'}>
            <Steps
              checked={checked}
              selected={compensation?.key ?? selected}
              onSelect={select}
              onConnect={(from, to) => edit(addDependency(text, from, to), to)}
              onDisconnect={(from, to) => edit(removeDependency(text, from, to), to)}
              refused={refused?.at === selected ? refused?.why : undefined}
            >
              {checked.graph && (
                <StepEdits
                  text={text}
                  graph={checked.graph}
                  schema={sources.schema}
                  selected={selected}
                  onEdit={edit}
                  onShowLine={showLine}
                />
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

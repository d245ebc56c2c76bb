import { setDiagnostics } from '@codemirror/lint';
import type { EditorView } from '@codemirror/view';
import { type RefObject, useEffect, useEffectEvent, useRef } from 'react';
import type { EditorProblemFragment } from '../../api/generated/graphql.ts';
import { type CompletionSources, createEditor, diagnosticsOf } from './code-mirror.ts';
import styles from './editor.module.css';

interface Props {
  /** What it begins with; later it is changed by dispatches to the view. */
  readonly text: string;
  /** The editor, while it is there. */
  readonly view: RefObject<EditorView | null>;
  readonly onChange: (text: string) => void;
  readonly onCursor: (line: number) => void;
  /** Of the text as it is, or was a moment ago. */
  readonly problems: readonly EditorProblemFragment[];
  readonly sources: CompletionSources;
}

/** The text of a workflow, with its problems in the gutter. */
export function TextEditor({ text, view, onChange, onCursor, problems, sources }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const change = useEffectEvent(onChange);
  const moveCursor = useEffectEvent(onCursor);
  const askSources = useEffectEvent(() => sources);
  const begin = useEffectEvent((parent: HTMLElement) =>
    createEditor(parent, {
      text,
      onChange: (next) => change(next),
      onCursor: (line) => moveCursor(line),
      sources: () => askSources(),
    }),
  );
  useEffect(() => {
    if (!frame.current) return;
    const editor = begin(frame.current);
    view.current = editor;
    return () => {
      view.current = null;
      editor.destroy();
    };
  }, [view]);
  useEffect(() => {
    const editor = view.current;
    if (editor) editor.dispatch(setDiagnostics(editor.state, diagnosticsOf(editor.state.doc, problems)));
  }, [view, problems]);
  return <div ref={frame} className={styles.text} />;
}

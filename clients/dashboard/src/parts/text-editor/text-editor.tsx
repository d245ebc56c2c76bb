import { setDiagnostics } from '@codemirror/lint';
import type { Extension } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import { type RefObject, useEffect, useEffectEvent, useRef } from 'react';
import { createEditor, diagnosticsOf, type Problem } from './code-mirror.ts';
import styles from './text-editor.module.css';

interface Props {
  /** What the text is, for screen readers. */
  readonly label: string;
  /** What it begins with; later it is changed by dispatches to the view. */
  readonly text: string;
  /** Its syntax, completion and keys. It must not change. */
  readonly language: Extension;
  /** The editor, while it is there. */
  readonly view: RefObject<EditorView | null>;
  readonly onChange: (text: string) => void;
  readonly onCursor?: (line: number) => void;
  /** Of the text as it is, or was a moment ago. */
  readonly problems: readonly Problem[];
}

/** A text that is edited, with its problems in the gutter. It is as high as what it is in. */
export function TextEditor({ label, text, language, view, onChange, onCursor, problems }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const change = useEffectEvent(onChange);
  const moveCursor = useEffectEvent((line: number) => onCursor?.(line));
  const begin = useEffectEvent((parent: HTMLElement) =>
    createEditor(parent, {
      ...{ text, label, language },
      onChange: (next) => change(next),
      onCursor: (line) => moveCursor(line),
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
  return <div ref={frame} className={styles.frame} />;
}

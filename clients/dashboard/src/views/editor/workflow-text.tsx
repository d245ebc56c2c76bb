import type { EditorView } from '@codemirror/view';
import { type RefObject, useEffect, useRef, useState } from 'react';
import type { EditorProblemFragment } from '../../api/generated/graphql.ts';
import { TextEditor } from '../../parts/text-editor/text-editor.tsx';
import styles from './editor.module.css';
import { type CompletionSources, workflowLanguage } from './workflow-language.ts';

interface Props {
  /** What it begins with; later it is changed by dispatches to the view. */
  readonly text: string;
  readonly view: RefObject<EditorView | null>;
  readonly onChange: (text: string) => void;
  readonly onCursor: (line: number) => void;
  readonly problems: readonly EditorProblemFragment[];
  readonly sources: CompletionSources;
}

/** The text of a workflow, with completion, and its problems in the gutter. */
export function WorkflowText({ sources, ...props }: Props) {
  const latest = useRef(sources);
  useEffect(() => {
    latest.current = sources;
  });
  const [language] = useState(() => workflowLanguage(() => latest.current));
  return (
    <div className={styles.text}>
      <TextEditor label="Text of the workflow" language={language} {...props} />
    </div>
  );
}

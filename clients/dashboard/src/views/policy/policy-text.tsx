import { StreamLanguage } from '@codemirror/language';
import type { EditorView } from '@codemirror/view';
import { type RefObject, useMemo } from 'react';
import type { PolicySimulateQuery } from '../../api/generated/graphql.ts';
import { TextEditor } from '../../parts/text-editor/text-editor.tsx';
import styles from './policy.module.css';

const KEYWORDS: ReadonlySet<string> = new Set(['p', 'g', 'allow', 'throttle', 'approve', 'deny']);

/** Lines of cells with commas between them, and comments. */
const POLICY_LANGUAGE = StreamLanguage.define<unknown>({
  token(stream) {
    if (stream.sol() && stream.match(/\s*#.*/)) return 'comment';
    if (stream.match(/[^,]+/)) return KEYWORDS.has(stream.current().trim()) ? 'keyword' : null;
    stream.next();
    return 'punctuation';
  },
});

interface Props {
  /** What it begins with. */
  readonly text: string;
  readonly view: RefObject<EditorView | null>;
  readonly onChange: (text: string) => void;
  readonly problems: PolicySimulateQuery['simulatePolicy']['problems'];
}

/** The text of the rules, with its problems in the gutter. */
export function PolicyText({ problems, ...props }: Props) {
  const marks = useMemo(
    () => problems.map((problem) => ({ ...problem, severity: 'ERROR' as const, column: null })),
    [problems],
  );
  return (
    <div className={styles.text}>
      <TextEditor label="Rules" language={POLICY_LANGUAGE} problems={marks} {...props} />
    </div>
  );
}

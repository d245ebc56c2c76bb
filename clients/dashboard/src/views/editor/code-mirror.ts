import { autocompletion, type CompletionContext, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap } from '@codemirror/lint';
import { search, searchKeymap } from '@codemirror/search';
import { EditorState, type Text } from '@codemirror/state';
import { EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { EditorProblemFragment } from '../../api/generated/graphql.ts';
import { STYLE_NONCE } from '../../api/page.ts';
import type { KnownNames } from './completion.ts';
import type { WorkflowSchema } from './schema-at.ts';

/** What completion asks each time: both arrive after the editor. */
export interface CompletionSources {
  readonly schema: WorkflowSchema | undefined;
  readonly names: KnownNames;
}

interface Options {
  readonly text: string;
  readonly onChange: (text: string) => void;
  /** The cursor is in this line, from 1. */
  readonly onCursor: (line: number) => void;
  readonly sources: () => CompletionSources;
}

/** A text editor for YAML in this element. */
export function createEditor(parent: HTMLElement, { text, onChange, onCursor, sources }: Options): EditorView {
  const complete = async (context: CompletionContext) => {
    const { schema, names } = sources();
    // It reads YAML, which is loaded after the text is there.
    const { completionsAt } = await import('./completion.ts');
    const result = schema && completionsAt(context.state.doc.toString(), context.pos, schema, names);
    if (!result || (!context.explicit && result.from === context.pos && !/[:.] ?$/.test(before(context)))) return null;
    const options = result.options.map(({ label, detail, apply }) => ({ label, apply, info: detail || undefined }));
    return { from: result.from, options: options.map(({ info, ...option }) => (info ? { ...option, info } : option)) };
  };
  return new EditorView({
    parent,
    doc: text,
    extensions: [
      EditorView.cspNonce.of(STYLE_NONCE),
      EditorView.contentAttributes.of({ 'aria-label': 'Text of the workflow', tabindex: '0' }),
      EditorState.tabSize.of(2),
      indentUnit.of('  '),
      lineNumbers(),
      lintGutter(),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      history(),
      bracketMatching(),
      yaml(),
      syntaxHighlighting(COLORS),
      autocompletion({ override: [complete] }),
      search({ top: true }),
      keymap.of([...completionKeymap, ...searchKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
      THEME,
      EditorView.updateListener.of(({ docChanged, selectionSet, state }) => {
        if (docChanged) onChange(state.doc.toString());
        if (docChanged || selectionSet) onCursor(state.doc.lineAt(state.selection.main.head).number);
      }),
    ],
  });
}

const before = ({ state, pos }: CompletionContext) => state.sliceDoc(state.doc.lineAt(pos).from, pos);

/** The problems of a workflow as marks of its text. Those without a line are in the list only. */
export function diagnosticsOf(doc: Text, problems: readonly EditorProblemFragment[]): readonly Diagnostic[] {
  return problems.flatMap(({ severity, message, line, column }) => {
    if (line == null || line > doc.lines) return [];
    const { from: start, to, text } = doc.line(line);
    const from = Math.min(to, start + (column == null ? text.search(/\S|$/) : column - 1));
    return [{ from, to, severity: severity === 'ERROR' ? ('error' as const) : ('warning' as const), message }];
  });
}

const COLORS = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)' },
  { tag: [tags.string, tags.special(tags.string), tags.content], color: 'var(--text)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--text-soft)', fontStyle: 'italic' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--good)' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--text-soft)' },
]);

const THEME = EditorView.theme({
  '&': { height: '100%', fontSize: 'var(--normal)', backgroundColor: 'var(--surface)', color: 'var(--text)' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-1px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '20px' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--sunken)', color: 'var(--text-soft)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--hover)' },
  '&.cm-focused .cm-activeLine': { backgroundColor: 'var(--hover)' },
  '.cm-selectionMatch, .cm-searchMatch': { backgroundColor: 'var(--wait-soft)' },
  '.cm-tooltip, .cm-panels': {
    backgroundColor: 'var(--raised)',
    color: 'var(--text)',
    border: '1px solid var(--line)',
    borderRadius: 'var(--radius)',
  },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent-ground)',
    color: 'var(--on-accent)',
  },
  '.cm-completionInfo': { maxWidth: '320px' },
  '.cm-panel input, .cm-panel button': {
    border: '1px solid var(--line-strong)',
    borderRadius: 'var(--radius)',
    backgroundColor: 'var(--surface)',
    backgroundImage: 'none',
    color: 'var(--text)',
  },
});

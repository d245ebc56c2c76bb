import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap } from '@codemirror/lint';
import { search, searchKeymap } from '@codemirror/search';
import type { Extension, Text } from '@codemirror/state';
import { EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { STYLE_NONCE } from '../../api/page.ts';

/** Something that is wrong with a text. */
export interface Problem {
  readonly severity: 'ERROR' | 'WARNING';
  readonly message: string;
  /** From 1. */
  readonly line: number | null;
  readonly column: number | null;
}

interface Options {
  readonly text: string;
  /** What the text is, for screen readers. */
  readonly label: string;
  readonly language: Extension;
  readonly onChange: (text: string) => void;
  /** The cursor is in this line, from 1. */
  readonly onCursor: (line: number) => void;
}

/** A text editor in this element. */
export function createEditor(parent: HTMLElement, { text, label, language, onChange, onCursor }: Options): EditorView {
  return new EditorView({
    parent,
    doc: text,
    extensions: [
      EditorView.cspNonce.of(STYLE_NONCE),
      EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
      lineNumbers(),
      lintGutter(),
      highlightActiveLine(),
      highlightActiveLineGutter(),
      history(),
      EditorView.domEventHandlers({ beforeinput: replaceSelected }),
      language,
      syntaxHighlighting(COLORS),
      search({ top: true }),
      keymap.of([...searchKeymap, ...lintKeymap, ...historyKeymap, ...defaultKeymap]),
      THEME,
      EditorView.updateListener.of(({ docChanged, selectionSet, state }) => {
        if (docChanged) onChange(state.doc.toString());
        if (docChanged || selectionSet) onCursor(state.doc.lineAt(state.selection.main.head).number);
      }),
    ],
  });
}

/** Types over a selection. The browser would join the lines around it with an inline style, which the policy of the page blocks. */
function replaceSelected({ inputType, data }: InputEvent, view: EditorView): boolean {
  if (inputType !== 'insertText' || data === null || view.state.selection.main.empty) return false;
  view.dispatch(view.state.replaceSelection(data), { userEvent: 'input.type', scrollIntoView: true });
  return true;
}

/** Problems as marks of the text. Those without a line are in the list only. */
export function diagnosticsOf(doc: Text, problems: readonly Problem[]): readonly Diagnostic[] {
  return problems.flatMap(({ severity, message, line, column }) => {
    if (line === null || line > doc.lines) return [];
    const { from: start, to, text } = doc.line(line);
    const from = Math.min(to, start + (column === null ? text.search(/\S|$/) : column - 1));
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

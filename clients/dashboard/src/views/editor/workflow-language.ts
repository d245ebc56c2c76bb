import { autocompletion, type CompletionContext, completionKeymap } from '@codemirror/autocomplete';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, indentUnit } from '@codemirror/language';
import { EditorState, type Extension } from '@codemirror/state';
import { keymap } from '@codemirror/view';
import type { KnownNames } from './completion.ts';
import type { WorkflowSchema } from './schema-at.ts';

/** What completion asks each time: both arrive after the editor. */
export interface CompletionSources {
  readonly schema: WorkflowSchema | undefined;
  readonly names: KnownNames;
}

/** What a text editor needs for the text of a workflow: YAML, and completion by its schema. */
export function workflowLanguage(sources: () => CompletionSources): Extension {
  const complete = async (context: CompletionContext) => {
    // It reads YAML, which is loaded after the text is there.
    const { completionsAt } = await import('./completion.ts');
    const { schema, names } = sources();
    const result = schema && completionsAt(context.state.doc.toString(), context.pos, schema, names);
    if (!result || (!context.explicit && result.from === context.pos && !/[:.] ?$/.test(before(context)))) return null;
    const options = result.options.map(({ label, detail, apply }) => ({ label, apply, info: detail || undefined }));
    return { from: result.from, options: options.map(({ info, ...option }) => (info ? { ...option, info } : option)) };
  };
  return [
    EditorState.tabSize.of(2),
    indentUnit.of('  '),
    bracketMatching(),
    yaml(),
    autocompletion({ override: [complete] }),
    keymap.of(completionKeymap),
  ];
}

const before = ({ state, pos }: CompletionContext) => state.sliceDoc(state.doc.lineAt(pos).from, pos);

import type { StepEdit } from './read-steps.ts';
import { changedText } from './yaml-text.ts';

/** The text after an edit that must not be refused. */
export function after(text: string, edit: StepEdit): string {
  if ('refused' in edit) throw new Error(`${edit.refused}\n${text}`);
  return changedText(text, edit.changes);
}

/** Why an edit changes nothing. */
export const refusal = (edit: StepEdit) => ('refused' in edit ? edit.refused : undefined);

/** Two steps with comments. */
export const PAGES = `# Before.
name: pages # its name
steps:
  # The rows.
  - id: rows
    kind: command # a command
    command: convertToJson
  - id: page
    kind: command
    command: render
    input: { data: "{{ steps.rows.output }}" } # of the rows
  # The end.
outputs: {}
`;

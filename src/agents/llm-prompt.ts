import { cutText } from './cut-text.ts';
import type { Agent } from './define-backend.ts';

const MOST_CONTEXT_BYTES = 256 * 1024;

/** What a model is told before its first turn; the same for the same agent. */
export function promptOf({ role, goal, context, memory }: Agent): { readonly system: string; readonly user: string } {
  const isEmpty = context === null || (typeof context === 'object' && Object.keys(context).length === 0);
  const parts = [
    goal,
    ...(isEmpty ? [] : [`Context, as JSON:\n${cutText(JSON.stringify(context), MOST_CONTEXT_BYTES)}`]),
    ...(memory === '' ? [] : [`What you remember from earlier:\n${memory}`]),
  ];
  return { system: role, user: parts.join('\n\n') };
}

/** Address of the editor for a new workflow. No workflow can have this name. */
export const NEW_WORKFLOW = '/workflows/~new';

/** Address of a saved workflow, and of what is done with it. */
export function pathOfWorkflow(name: string, page?: 'edit' | 'run' | 'diff'): string {
  return `/workflows/${encodeURIComponent(name)}${page ? `/${page}` : ''}`;
}

/** Address of a saved workflow, and of what is done with it. */
export function pathOfWorkflow(name: string, page?: 'edit' | 'run' | 'diff'): string {
  return `/workflows/${encodeURIComponent(name)}${page ? `/${page}` : ''}`;
}

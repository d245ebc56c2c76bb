/** The source of a workflow whose steps run one after another. */
export const workflowSource = (name: string, ...steps: readonly { readonly id: string; readonly kind: string }[]) => ({
  document: {
    name,
    steps: steps.map((step, i) => ({ ...(i > 0 && { depends_on: [steps[i - 1]?.id] }), ...step })),
  },
});

export const sleepStep = (id: string, ms: number) => ({ id, kind: 'sleep', input: { ms } });

export const fetchStep = (id: string, uri: string) => ({
  id,
  kind: 'command',
  command: 'fetch',
  input: { source: { uri } },
});

/** Its output is the data, after the JSONata expression. */
export const valueStep = (id: string, data: unknown, expression = '$') => ({
  id,
  kind: 'transform',
  input: { data, expression },
});

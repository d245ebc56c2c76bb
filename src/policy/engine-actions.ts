/** What the engine asks about beside capabilities and workflows, whose names only the running server knows. */
export const ENGINE_ACTIONS = [
  'step:transform',
  'step:approval',
  'step:sleep',
  'step:signal',
  'mutation:cancelRun',
  'mutation:retryStep',
  'mutation:rerunFrom',
  'mutation:decideApproval',
  'mutation:sendSignal',
  'mutation:saveWorkflow',
  'mutation:deleteWorkflow',
] as const;

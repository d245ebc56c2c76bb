import type { Server } from './server.ts';

const EXECUTE = `mutation ($input: ExecuteInput!) { execute(input: $input) {
  ... on CommandOutcome { run { error { code } } }
  ... on Refusal { code }
} }`;

/** What became of a command, in a word: a refusal's code, the error of a run that failed, or `done`. */
export async function outcomeOf(server: Server, token: string, command: string, input: object): Promise<string> {
  const { data, errors } = await server.query(EXECUTE, { input: { command, ...input } }, token);
  if (errors) return errors[0].extensions.code;
  const { code, run } = data.execute;
  return code ?? run.error?.code ?? 'done';
}

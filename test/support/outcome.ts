import { expect } from 'vitest';
import type { Server } from './server.ts';

const RESULT = `
  ... on CommandOutcome {
    run { id kind state error { code message details step } steps { key state input } }
    resource { uri mediaType size digest text json url }
  }
  ... on Refusal { code message path violations { path message keyword } }
`;
const EXECUTE = `mutation ($input: ExecuteInput!) { execute(input: $input) {
  ... on CommandOutcome { run { error { code } } }
  ... on Refusal { code }
} }`;

export const csvSource = (text: string) => ({ text: { text, mediaType: 'text/csv' } });
export const jsonSource = (value: unknown) => ({
  text: { text: JSON.stringify(value), mediaType: 'application/json' },
});

/** Runs a command through its own mutation. Resolves with its run and resource, or with the refusal. */
export async function runCommand(server: Server, token: string, name: string, input: object) {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) { result: ${name}(input: $input) { ${RESULT} } }`;
  const { data, errors } = await server.query(document, { input }, token);
  expect(errors).toBeUndefined();
  return data.result;
}

/** The outcome of a command in one word: the code of its refusal, the error code of its failed run, or `done`. */
export async function outcomeOf(server: Server, token: string, command: string, input: object): Promise<string> {
  const { data, errors } = await server.query(EXECUTE, { input: { command, ...input } }, token);
  if (errors) return errors[0].extensions.code;
  const { code, run } = data.execute;
  return code ?? run.error?.code ?? 'done';
}

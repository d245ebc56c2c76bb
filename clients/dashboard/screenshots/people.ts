import type { Server } from '../../../test/support/server.ts';

/** Accounts of development mode, and those that the administrator creates. */
export type Person = 'admin' | 'alice' | 'bob' | 'marta' | 'jonas' | 'carla';

/** Those whom the administrator creates, with their roles. */
export const COLLEAGUES: Readonly<Partial<Record<Person, readonly string[]>>> = {
  marta: ['analyst'],
  jonas: ['buyer'],
  carla: ['user'],
};

export const passwordOf = (person: Person): string => (person in COLLEAGUES ? `the password of ${person}` : person);

// biome-ignore lint/suspicious/noExplicitAny: it reads any field of the result
export type Ask = (as: Person, document: string, variables?: object) => Promise<any>;

/** Sends operations of the public API as one person or another, who are signed in once. */
export function peopleOf(server: Server): Ask {
  const tokens = new Map<Person, Promise<string>>();
  const send = async (document: string, variables: object, token?: string) => {
    const { data, errors } = await server.query(document, variables, token);
    const [result] = Object.values<{ readonly __typename?: string } | null>(data ?? {});
    if (errors || result?.__typename === 'Refusal')
      throw new Error(`${document.slice(0, 100)}: ${JSON.stringify(errors ?? result)}`);
    return data;
  };
  const signIn = async (username: Person) => {
    const document =
      'mutation ($input: SignInInput!) { signIn(input: $input) { __typename ... on Session { token } ... on Refusal { message } } }';
    return (await send(document, { input: { username, password: passwordOf(username) } })).signIn.token as string;
  };
  return async (as, document, variables = {}) => {
    const token = tokens.get(as) ?? signIn(as);
    tokens.set(as, token);
    return send(document, variables, await token);
  };
}

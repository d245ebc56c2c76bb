import { runCli, type Server, startProgram, tokenFor } from '../../../test/support/server.ts';

interface Caller {
  readonly user?: string;
  readonly roles?: readonly string[];
}

/** A command line and an API for one user of a server; default: alice, an administrator. */
export async function signedIn(server: Server, { user = 'alice', roles = ['admin'] }: Caller = {}) {
  const token = await tokenFor(user, { roles });
  const env = { SIGNALBOX_URL: server.url, SIGNALBOX_TOKEN: token, XDG_CONFIG_HOME: '/nonexistent' };
  const signalbox = (args: readonly string[], input?: string) =>
    runCli(args, { env, ...(input !== undefined && { input }) });
  return {
    token,
    signalbox,
    /** Starts a verb that runs until it is ended. */
    begin: (args: readonly string[], through?: readonly string[]) => startProgram(args, env, undefined, through),
    /** Starts a run of a document. Resolves with its ID. */
    async start(yaml: string): Promise<string> {
      const { code, output, complaint } = await signalbox(['run', '-', '-o', 'id'], yaml);
      if (code !== 0) throw new Error(complaint);
      return output;
    },
    /** The cursor of the first event of a run. */
    async firstCursor(id: string): Promise<string> {
      const document = 'query ($id: ID!) { run(id: $id) { events(first: 1) { cursor } } }';
      return (await server.query(document, { id }, token)).data.run.events.cursor;
    },

    /** The data of a request to the API. */
    query: async (document: string, variables?: unknown) => (await server.query(document, variables, token)).data,
    async run(id: string) {
      const document =
        'query ($id: ID!) { run(id: $id) { state inputs output error { code } steps { key state attempt output approval { id comment } } } }';
      return (await server.query(document, { id }, token)).data.run;
    },
  };
}

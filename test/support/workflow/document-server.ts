import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { startServer } from '../server.ts';
import { createTestUsers, type TestUserName } from '../test-users.ts';
import { startWebServer } from '../web-server.ts';

const FOLDER = 'test/support/workflow/source-documents';

const EXECUTE = `mutation ($input: ExecuteInput!) { execute(input: $input) {
  ... on CommandOutcome { run { id kind state error { code message } steps { key kind state } } resource { mediaType text } }
  ... on Refusal { code message path violations { path message } decision { canonicalUri } }
} }`;

/** A server that reads the example data, and documents of other systems that refer to it. */
export async function startDocumentServer() {
  const csv = readFileSync('examples/data/products.csv', 'utf8');
  const schema = readFileSync('examples/schemas/products.json', 'utf8');
  const web = await startWebServer((req, res) => {
    if (req.url === '/products.csv') res.setHeader('content-type', 'text/csv').end(csv);
    else if (req.url === '/gone') res.writeHead(404).end();
    else if (req.url === '/health') res.setHeader('content-type', 'application/json').end('{"ok":true}');
    else res.setHeader('content-type', 'application/json').end(schema);
  });
  const roots = `/data=${resolve('examples/data')},/schemas=${resolve('examples/schemas')}`;
  const server = await startServer({ env: { ALLOWED_LOCAL_ROOTS: roots, ALLOWED_PRIVATE_HOSTS: web.host } });
  const users = await createTestUsers(server);
  return {
    server,
    web,
    users,
    /** The outcome or refusal of `execute`. Default: as admin. */
    execute: async (input: object, who: TestUserName = 'admin') =>
      (await server.query(EXECUTE, { input }, users.tokens[who])).data.execute,
    /** The text of a document, with the host and the folder of this test. */
    textOf: (name: string) =>
      readFileSync(`${FOLDER}/${name}`, 'utf8')
        .replaceAll('DATA_HOST', web.host)
        .replaceAll('EXAMPLES', resolve('examples')),
    async close() {
      await server.stop('SIGKILL');
      await web.close();
    },
  };
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSchema, createYoga } from 'graphql-yoga';

/**
 * The peer of bench/commands: the same mutation answered by Yoga alone, with its defaults and a result of the same size.
 * It checks, does and stores nothing. Its argument is the result as JSON.
 */
const json: unknown = JSON.parse(process.argv[2] ?? 'null');
const outcome = {
  __typename: 'CommandOutcome',
  run: { id: 'run_01a1f8b5b5cc7143aad32077e01d3bc0', state: 'SUCCEEDED' },
  resource: { json },
};

const yoga = createYoga({
  logging: false,
  graphiql: false,
  schema: createSchema({
    typeDefs: `
      scalar URI
      scalar JSON
      type Query { health: String }
      type Run { id: ID! state: String! }
      type Resource { json: JSON }
      type CommandOutcome { run: Run! resource: Resource }
      type Refusal { code: String! message: String! }
      union CommandResult = CommandOutcome | Refusal
      input ResourceInput { uri: URI }
      input ConvertToJsonInput { source: ResourceInput! idempotencyKey: String }
      type Mutation { convertToJson(input: ConvertToJsonInput!): CommandResult! }
    `,
    resolvers: { Mutation: { convertToJson: () => outcome } },
  }),
});

const server = createServer(yoga);
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});

import { ADMIN, type TestGraphqlServer } from './graphql-server.ts';

/** The command `convertToJson`, with all that a command answers. */
export const CONVERT_TO_JSON = `mutation ($input: ConvertToJsonInput!) {
  convertToJson(input: $input) {
    __typename
    ... on CommandOutcome {
      run { id kind state inputs output error { code message } principal { username } traceId labels priority cursor
            steps { id key state attempt input decision { effect rule { role } nearMisses { missed } } } }
      resource { uri mediaType size digest text json base64 url }
    }
    ... on Refusal { code message path violations { path message } decision { effect reason rule { id } } }
  }
}`;
/** A table of one row. */
export const CSV_INPUT = { source: { uri: 'data:text/csv,a,b%0A1,2' } };

/** What the mutation answers: a `CommandOutcome` or a `Refusal`. */
export async function convertToJson(api: TestGraphqlServer, input: object = CSV_INPUT, token = ADMIN) {
  return (await api.ask(CONVERT_TO_JSON, { input }, token)).data.convertToJson;
}

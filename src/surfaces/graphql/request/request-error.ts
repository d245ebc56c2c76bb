import { GraphQLError } from 'graphql';

/** A request that cannot be executed, with the status that GraphQL over HTTP requires for it ("Status Codes"). */
export function requestError(status: number, message: string, headers: Record<string, string> = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_INPUT', http: { status, headers, spec: false } } });
}

import { randomUUID } from 'node:crypto';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { ERROR_CODES, type ErrorCode, Fault, httpStatus } from '../../../core/errors.ts';
import type { GraphqlApp } from './context.ts';

/** Codes of Yoga's own errors. */
const YOGA_ERROR_CODES: Readonly<Record<string, ErrorCode>> = {
  REQUEST_ENTITY_TOO_LARGE: 'RESOURCE_TOO_LARGE',
  INTERNAL_SERVER_ERROR: 'INTERNAL',
};

const MAX_MESSAGE_CHARACTERS = 1_000;

const KNOWN_CODES: ReadonlySet<unknown> = new Set(ERROR_CODES);

/**
 * The error as a client sees it: a code of the closed set in `extensions.code`, and the details of a Fault. Anything
 * that is neither a Fault nor the client's mistake is a bug: it is logged, and the client receives only a reference.
 */
export function publicError(error: unknown, { logger, config }: Pick<GraphqlApp, 'logger' | 'config'>): GraphQLError {
  const root = rootCauseOf(error);
  const where = error instanceof GraphQLError ? error : undefined;
  if (root instanceof Fault && root.code !== 'INTERNAL')
    return codedError(root.message, where, root.code, faultExtensions(root));
  if (root instanceof GraphQLError && !isOutputError(root, where)) {
    if (KNOWN_CODES.has(root.extensions.code) && where === root) return root;
    const { code } = root.extensions;
    const known = KNOWN_CODES.has(code) ? (code as ErrorCode) : (YOGA_ERROR_CODES[String(code)] ?? 'BAD_INPUT');
    const message = where?.message ?? root.message;
    return codedError(
      config.mode === 'development' ? message : stripSuggestion(message),
      where,
      known,
      {},
      requestErrorStatus(root),
    );
  }
  const reference = randomUUID();
  const path = where?.path?.join('.');
  logger.error('graphql.bug', { reference, path, error: root instanceof Error ? root.stack : String(root) });
  return codedError(
    `An unexpected error occurred. The log has it under the reference ${reference}.`,
    where,
    'INTERNAL',
  );
}

/** The error for a WebSocket: without what is meant for an HTTP response. */
export function formatError(error: GraphQLError): GraphQLFormattedError {
  const { extensions: { http, ...extensions } = {}, ...rest } = error.toJSON();
  return { ...rest, extensions };
}

function rootCauseOf(error: unknown): unknown {
  let root = error;
  while (root instanceof GraphQLError && (root.originalError ?? root.cause) != null)
    root = root.originalError ?? root.cause;
  return root;
}

/** Whether graphql could not represent the value of a field: a bug of the server. Errors about arguments have nodes. */
function isOutputError(root: GraphQLError, where: GraphQLError | undefined): boolean {
  return (
    where?.path !== undefined && where.originalError === root && !root.nodes && !KNOWN_CODES.has(root.extensions.code)
  );
}

/**
 * The status of what graphql or Yoga refuses: 400 for a document that cannot be parsed, and 422 for one that is not valid,
 * has no such operation, or does not fit its variables (GraphQL over HTTP, "Status Codes").
 */
function requestErrorStatus({ message, extensions: { code, http } }: GraphQLError): number {
  if (message.startsWith('Syntax Error')) return 400;
  return code === 'OPERATION_RESOLUTION_FAILURE' ? 422 : (http?.status ?? 422);
}

function codedError(
  message: string,
  where: GraphQLError | undefined,
  code: ErrorCode,
  details = {},
  status = httpStatus(code),
): GraphQLError {
  const { nodes, source, positions, path } = where ?? {};
  // The status is of the response as a whole, so that an error of one field does not set it.
  const http = path ? {} : { http: { headers: errorHeaders(code), ...where?.extensions.http, status, spec: false } };
  return new GraphQLError(truncateMessage(message), {
    nodes,
    source,
    positions,
    path,
    extensions: { code, ...details, ...http },
  });
}

/** graphql quotes invalid values, however long they are. */
function truncateMessage(message: string): string {
  return message.length <= MAX_MESSAGE_CHARACTERS ? message : `${message.slice(0, MAX_MESSAGE_CHARACTERS)}…`;
}

function errorHeaders(code: ErrorCode): Record<string, string> {
  return code === 'UNAUTHENTICATED' ? { 'WWW-Authenticate': 'Bearer' } : {};
}

function faultExtensions({ path, violations, decision, retryAfterMs, details }: Fault): Record<string, unknown> {
  return {
    ...(path && { input: path }),
    ...(violations.length > 0 && { violations }),
    ...(decision && { decision }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(details !== undefined && { details }),
  };
}

/** Suggestions would reveal names of the schema when introspection is off. */
function stripSuggestion(message: string): string {
  return message.replace(/ Did you mean [^?]*\?/g, '');
}

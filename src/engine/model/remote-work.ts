import { type Static, type TSchema, Type } from 'typebox';
import { ERROR_CODES } from '../../core/errors.ts';
import type { Json, JsonObject } from '../../lib/json.ts';

const Text = (maxLength: number, minLength = 0) => Type.String({ minLength, maxLength });
const Name = Text(256, 1);
const AnyJson = Type.Unsafe<Json>({});
const AnyObject = Type.Unsafe<JsonObject>({ type: 'object' });
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Digest = Type.String({ pattern: '^[0-9a-f]{64}$' });
const UserSchema = Type.Object({
  subject: Name,
  username: Name,
  tenant: Name,
  roles: Type.Array(Name, { maxItems: 256 }),
});

/** Content that the step may read by its `artifact:` URI. With `text` it is not in the artifact store. */
const ReadableContent = Type.Object({
  digest: Digest,
  media_type: Name,
  size: Count,
  text: Type.Optional(Type.String()),
});

/** What a worker of a remote pool gets: the context of its job. docs/runtimes.md documents the names. */
export const RemoteWorkItem = Type.Object({
  run_id: Type.String({ pattern: '^run_[0-9a-f]{32}$' }),
  step_id: Name,
  step: Name,
  kind: Type.String({ pattern: '^[a-z][a-z0-9_]*$', maxLength: 64 }),
  capability: Name,
  attempt: Type.Integer({ minimum: 1 }),
  input: AnyObject,
  idempotency_key: Name,
  trace_id: Text(64),
  timeout_ms: Type.Integer({ minimum: 1 }),
  actor: Type.Object({ ...UserSchema.properties, authors: Type.Optional(Type.Array(UserSchema, { maxItems: 256 })) }),
  /** sha256 of the policy that decided about the step. */
  policy: Digest,
  content: Type.Array(ReadableContent, { maxItems: 10_000 }),
  output_media_type: Type.Optional(Name),
});
export type RemoteWorkItem = Static<typeof RemoteWorkItem>;

const LogLevel = Type.Enum(['DEBUG', 'INFO', 'WARN', 'ERROR']);
const MAX_LINE = 8_200;
const Failure = Type.Object({
  code: Type.Enum([...ERROR_CODES]),
  message: Text(65_536),
  details: Type.Optional(AnyJson),
  retryable: Type.Boolean(),
  fatal: Type.Optional(Type.Literal(true)),
  retryAfterMs: Type.Optional(Type.Number({ minimum: 0 })),
});
const Rule = Type.Object({
  ...{ id: Name, role: Name, action: Text(1_024), uri: Text(16_384), schema: Text(16_384) },
  effect: Type.Enum(['ALLOW', 'DENY', 'APPROVE', 'THROTTLE']),
  obligation: Type.Optional(Text(256)),
  comment: Type.Optional(Text(4_096)),
});
const Decision = Type.Object({
  effect: Type.Enum(['ALLOW', 'DENY', 'APPROVE', 'THROTTLE']),
  reason: Text(65_536),
  rule: Type.Optional(Rule),
  action: Text(1_024),
  roles: Type.Array(Name, { maxItems: 256 }),
  author: Type.Optional(Name),
  canonicalUri: Type.Optional(Text(65_536)),
  schemaUri: Type.Optional(Text(65_536)),
  snapshot: Digest,
});
const ToolCall = { id: Type.String({ pattern: '^call_[0-9a-f]{32}$' }), tool: Name };
const MAX_MESSAGE = 65_536;

/** The payloads of the events that a worker may report about its step. */
const PAYLOADS = {
  LOG: Type.Object({ level: LogLevel, text: Text(MAX_LINE) }),
  STEP_PROGRESS: Type.Object({
    percent: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
    memo: Type.Optional(Text(MAX_LINE)),
  }),
  NOTIFICATION: Type.Object({ level: LogLevel, message: Text(MAX_LINE) }),
  AGENT_MESSAGE: Type.Object({
    role: Type.Enum(['system', 'user', 'assistant']),
    text: Text(MAX_MESSAGE),
    calls: Type.Optional(
      Type.Array(Type.Object({ id: Text(1_024), tool: Name, arguments: AnyObject }), { maxItems: 1_024 }),
    ),
  }),
  AGENT_DELTA: Type.Object({ text: Text(MAX_MESSAGE) }),
  TOOL_CALLED: Type.Object({ call: Type.Object({ ...ToolCall, arguments: AnyObject }) }),
  TOOL_RETURNED: Type.Object({
    call: Type.Object({
      ...ToolCall,
      result: Type.Optional(AnyJson),
      kept: Type.Optional(Type.Literal(true)),
      error: Type.Optional(Failure),
      durationMs: Type.Number({ minimum: 0 }),
    }),
  }),
  POLICY_DECIDED: Type.Object({ decision: Decision }),
} satisfies Record<string, TSchema>;

type ReportedType = keyof typeof PAYLOADS;
export type ReportedEvent = {
  [T in ReportedType]: { readonly type: T; readonly payload: Static<(typeof PAYLOADS)[T]> };
}[ReportedType];

/** Events of one step, of all reports and its result together. */
export const MAX_REPORTED_EVENTS = 10_000;
const Events = Type.Array(
  Type.Unsafe<ReportedEvent>(
    Type.Union(Object.entries(PAYLOADS).map(([type, payload]) => Type.Object({ type: Type.Literal(type), payload }))),
  ),
  { maxItems: MAX_REPORTED_EVENTS },
);

/**
 * What a worker of a remote pool reports while it works, as the message of its progress. `from` is the number of the first
 * event, from 0; pieces of agents' text (`AGENT_DELTA`) have no number, and are not in the result.
 */
export const WorkReport = Type.Object({ from: Count, events: Events });
export type WorkReport = Static<typeof WorkReport>;

/** The result of a worker of a remote pool, to which the result of its job points. */
export const RemoteWorkResult = Type.Object({
  status: Type.Enum(['succeeded', 'failed']),
  /** Any JSON. */
  output: Type.Optional(AnyJson),
  /** Instead of `output`: text, or bytes that are in the artifact store. */
  content: Type.Optional(
    Type.Object({ media_type: Name, text: Type.Optional(Type.String()), uri: Type.Optional(Text(256)) }),
  ),
  error: Type.Optional(
    Type.Object({
      code: Type.Optional(Text(64)),
      message: Text(65_536),
      retryable: Type.Optional(Type.Boolean()),
      details: Type.Optional(AnyJson),
      fatal: Type.Optional(Type.Boolean()),
      retry_after_ms: Type.Optional(Type.Number({ minimum: 0 })),
    }),
  ),
  artifacts: Type.Optional(
    Type.Array(Type.Object({ name: Text(MAX_LINE, 1), media_type: Name, uri: Text(256) }), { maxItems: 1_000 }),
  ),
  /** All events of the attempt, in their order. Those that are recorded already are not recorded again. */
  events: Type.Optional(Events),
  /** Tokens of language models. */
  used_tokens: Type.Optional(Count),
});
export type RemoteWorkResult = Static<typeof RemoteWorkResult>;

export function isReported(type: string): type is ReportedType {
  return Object.hasOwn(PAYLOADS, type);
}

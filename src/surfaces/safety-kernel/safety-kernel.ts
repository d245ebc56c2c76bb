import { once } from 'node:events';
import { createServer, type Http2Server, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Code, ConnectError, type ConnectRouter, type HandlerContext } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { type PolicyCheckRequest, SafetyKernel } from '../../cap/generated/cordum/agent/v1/safety_pb.js';
import type { AccountStandings } from '../../core/accounts/accounts.ts';
import { type ErrorCode, Fault } from '../../core/errors.ts';
import type { Policy } from '../../core/policy.ts';
import type { Principal, SignedIn } from '../../core/principal.ts';
import type { Resources } from '../../core/resource.ts';
import type { Logger } from '../../core/telemetry.ts';
import type { Gate } from '../../engine/gate/gate.ts';
import { type JobCheck, readCheck } from './check-request.ts';
import { checkResponse } from './check-response.ts';

export interface SafetyKernelDeps {
  readonly host: string;
  readonly port: number;
  readonly gate: Gate;
  readonly policy: Policy;
  readonly standings: Pick<AccountStandings, 'standingOf'>;
  readonly resources: Pick<Resources, 'canonicalize'>;
  readonly logger: Logger;
  authenticate(authorization: string | undefined): Promise<Principal>;
}

export interface SafetyKernelServer {
  /** @throws Fault UNAVAILABLE when the address is not available */
  listen(): Promise<AddressInfo>;
  /** Takes no more calls, and ends those that are in progress after `drainMs`. */
  close(drainMs: number): Promise<void>;
}

/** The permission to ask about others. */
const ASK_ACTION = 'query:explainPolicy';
const MAX_CALL_BYTES = 2 ** 20;
const MAX_STREAMS = 100;

/**
 * The policy as the service SafetyKernel of CAP, over gRPC: schedulers ask it before they dispatch a job. Callers send a
 * bearer token. An error is not an answer: a scheduler must not dispatch then.
 */
export function createSafetyKernel(deps: SafetyKernelDeps): SafetyKernelServer {
  const { host, port, logger } = deps;
  const sessions = new Set<ServerHttp2Session>();
  const server: Http2Server = createServer(
    { settings: { maxConcurrentStreams: MAX_STREAMS } },
    connectNodeAdapter({
      routes: (router) => addRoutes(router, deps),
      readMaxBytes: MAX_CALL_BYTES,
      // Callers of gRPC alone: no cross-origin requests from browsers.
      connect: false,
      grpcWeb: false,
    }),
  );
  server.on('session', (session) => {
    sessions.add(session);
    session.once('close', () => sessions.delete(session));
    session.on('error', (error) => logger.debug('safety_kernel.session_failed', { error: String(error) }));
  });
  return {
    async listen() {
      try {
        server.listen(host === '::' ? { port } : { host, port });
        await once(server, 'listening');
      } catch (error) {
        const message = `Cannot listen on ${host} port ${port}: ${(error as Error).message}. Set SAFETY_KERNEL_PORT.`;
        throw new Fault('UNAVAILABLE', message, { cause: error });
      }
      server.on('error', (error) => logger.error('safety_kernel.failed', { error: String(error) }));
      return server.address() as AddressInfo;
    },
    async close(drainMs) {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const session of sessions) session.close();
      const deadline = setTimeout(() => {
        for (const session of sessions) session.destroy();
      }, drainMs);
      await closed;
      clearTimeout(deadline);
    },
  };
}

function addRoutes(router: ConnectRouter, deps: SafetyKernelDeps): void {
  const { gate, policy } = deps;
  /** @throws ConnectError */
  const asked = async <T>(context: HandlerContext, answer: (caller: SignedIn) => T): Promise<T> => {
    try {
      const caller = await deps.authenticate(context.requestHeader.get('authorization') ?? undefined);
      if (caller.kind === 'anonymous') throw new Fault('UNAUTHENTICATED', 'Send a bearer token in authorization.');
      gate.pass(caller, { action: ASK_ACTION });
      return answer(caller);
    } catch (error) {
      throw toConnectError(error, deps.logger);
    }
  };
  /** Counts: takes tokens of rates, and the log has denials. */
  const decide = (check: PolicyCheckRequest, context: HandlerContext) =>
    asked(context, (caller) => {
      const { user, request } = readCheck(check, caller, deps);
      const result = gate.askAll(user, [request]);
      const [decision] = result.decisions;
      if (!decision) throw new Error('the gate made no decision');
      if (result.type === 'allowed') return checkResponse(decision, 'ALLOW');
      if (result.type === 'throttled') return checkResponse(decision, 'THROTTLE', { reason: result.fault.message });
      return checkResponse(decision, result.type === 'denied' ? 'DENY' : 'APPROVE');
    });
  /** Only tells: nothing is counted or logged. */
  const preview = (check: PolicyCheckRequest, context: HandlerContext, reason: (job: JobCheck) => string | undefined) =>
    asked(context, (caller) => {
      const job = readCheck(check, caller, deps);
      const [decision] = gate.preview(job.user, job.request);
      if (!decision) throw new Error('the gate made no decision');
      return checkResponse(decision, decision.effect, { reason: reason(job) ?? decision.reason });
    });

  router.service(SafetyKernel, {
    check: decide,
    evaluate: decide,
    simulate: (check, context) => preview(check, context, () => undefined),
    explain: (check, context) => preview(check, context, (job) => explanationOf(gate, job)),
    listSnapshots: (_, context) => asked(context, () => ({ snapshots: [policy.snapshot()] })),
  });
}

/** The reason, and the rules that almost matched. */
function explanationOf(gate: Gate, { user, request }: JobCheck): string | undefined {
  const [explanation] = gate.explain(user, request);
  if (!explanation || explanation.nearMisses.length === 0) return undefined;
  const misses = explanation.nearMisses.map(({ rule, missed }) => `${rule.id} (not its ${missed})`);
  return `${explanation.decision.reason} Rules that almost matched: ${misses.join(', ')}.`;
}

const CODES: Readonly<Partial<Record<ErrorCode, Code>>> = {
  UNAUTHENTICATED: Code.Unauthenticated,
  FORBIDDEN: Code.PermissionDenied,
  APPROVAL_REQUIRED: Code.PermissionDenied,
  BAD_INPUT: Code.InvalidArgument,
  UNSUPPORTED_SCHEME: Code.InvalidArgument,
  NOT_FOUND: Code.NotFound,
  THROTTLED: Code.ResourceExhausted,
  UNAVAILABLE: Code.Unavailable,
};

function toConnectError(error: unknown, logger: Logger): ConnectError {
  if (error instanceof Fault && CODES[error.code] !== undefined)
    return new ConnectError(error.message, CODES[error.code]);
  logger.error('safety_kernel.call_failed', { error: String(error) });
  return new ConnectError('The policy could not be asked. The log of the server says why.', Code.Internal);
}

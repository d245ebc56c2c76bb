import { type Server, tokenFor } from '../server.ts';
import { CHILD, SHAPES, type Shape, SLOW, workflowOf } from './crash-workflows.ts';

/** A run that was requested. */
interface RequestedRun {
  readonly key: string;
  readonly n: number;
  readonly shape: Shape;
  /** Set when the server has accepted it. */
  id?: string;
  signaled?: boolean;
}

/**
 * Users of a server that may crash at any moment: one starts runs, the other sends the approvals and signals that these
 * wait for. A wrong answer is recorded as a problem; a missing answer is not.
 */
export interface LoadGenerator {
  readonly requests: readonly RequestedRun[];
  /** Ids of other runs, which the test started. */
  readonly otherRunIds: string[];
  readonly problems: readonly string[];
  /** Answers that say that a request may succeed later. */
  readonly refusals: readonly string[];
  readonly tokens: { readonly alice: string; readonly admin: string };
  /** Saves the workflows that the runs need. */
  prepare(server: Server): Promise<void>;
  /** Requests that many runs, some concurrently, until all are answered or `stopped()`. @returns how many were accepted */
  start(server: Server, count: number, stopped?: () => boolean): Promise<number>;
  /** Repeats unanswered requests with the same key. */
  retryUnanswered(server: Server): Promise<void>;
  /** Decides approvals and sends signals until the returned function is called. */
  answerWaiting(servers: readonly Server[]): () => Promise<void>;
}

const START = `mutation ($input: StartRunInput!) { startRun(input: $input) {
  ... on Run { id } ... on Refusal { code message }
} }`;
const SAVE = `mutation ($input: SaveWorkflowInput!) { saveWorkflow(input: $input) {
  ... on Workflow { id } ... on Refusal { code message }
} }`;
const OPEN_APPROVALS = '{ approvals(state: OPEN, first: 100) { nodes { id } } }';
const DECIDE = `mutation ($input: DecideApprovalInput!) { decideApproval(input: $input) {
  ... on Approval { state } ... on Refusal { code message }
} }`;
const SIGNAL = `mutation ($input: SendSignalInput!) { sendSignal(input: $input) {
  ... on Run { id } ... on Refusal { code message }
} }`;

/** Codes of requests that may succeed later. */
const TRANSIENT_CODES = ['UNAVAILABLE', 'TIMEOUT', 'THROTTLED'];
/** Concurrent requests for runs. */
const MAX_CONCURRENT_REQUESTS = 6;

const names = Object.keys(SHAPES) as Shape[];

/** @param random of 0 to 1; the same gives the same runs */
export async function createLoadGenerator(random: () => number): Promise<LoadGenerator> {
  const tokens = {
    alice: await tokenFor('alice', { roles: ['analyst'], expiresIn: '4h' }),
    admin: await tokenFor('admin', { roles: ['admin'], expiresIn: '4h' }),
  };
  const requests: RequestedRun[] = [];
  const problems: string[] = [];
  const refusals: string[] = [];

  /** The result; undefined if there is no answer, or the request may succeed later. */
  const ask = async (server: Server, token: string, document: string, input?: object) => {
    let answer: Awaited<ReturnType<Server['query']>>;
    try {
      answer = await server.query(document, { input }, token);
    } catch (error) {
      // The errors of fetch when the connection breaks, also in the middle of the answer.
      if (error instanceof TypeError || error instanceof SyntaxError) return undefined;
      throw error;
    }
    const [error] = answer.errors ?? [];
    const result = error ? { code: error.extensions?.code, message: error.message } : Object.values(answer.data)[0];
    const { code, message } = result as { code?: string; message?: string };
    if (code === undefined || code === 'CONFLICT') return result as { id?: string; nodes?: { id: string }[] };
    if (TRANSIENT_CODES.includes(code)) refusals.push(`${code}: ${message}`);
    else problems.push(`${code}: ${message} (${document.slice(0, 60)} ${JSON.stringify(input)})`);
    return undefined;
  };

  const startOne = async (server: Server, run: RequestedRun): Promise<boolean> => {
    const source = { document: workflowOf(run.shape, run.n) };
    const accepted = await ask(server, tokens.alice, START, { source, idempotencyKey: run.key });
    const { id } = accepted ?? {};
    if (id === undefined) return false;
    if (run.id !== undefined && run.id !== id) problems.push(`${run.key} is ${run.id} and ${id}`);
    run.id = id;
    return true;
  };

  /** Sends once what the runs wait for. */
  const answerOnce = async (server: Server): Promise<void> => {
    const open = await ask(server, tokens.admin, OPEN_APPROVALS);
    for (const { id } of open?.nodes ?? []) {
      // The decision depends only on the approval, however often it is sent.
      const approve = Number.parseInt(id.slice(-2), 36) % 4 !== 0;
      await ask(server, tokens.admin, DECIDE, { approvalId: id, approve });
    }
    for (const run of requests) {
      if (run.shape !== 'signal' || run.id === undefined || run.signaled) continue;
      if (await ask(server, tokens.alice, SIGNAL, { runId: run.id, name: 'go', payload: run.n })) run.signaled = true;
    }
  };

  return {
    requests,
    problems,
    refusals,
    tokens,
    otherRunIds: [],
    async prepare(server) {
      for (const document of [CHILD, SLOW]) {
        const saved = await ask(server, tokens.alice, SAVE, { source: { document } });
        if (saved?.id === undefined) throw new Error(`the workflow was not saved: ${problems.join()}`);
      }
    },
    async start(server, count, stopped = () => false) {
      let remaining = count;
      let accepted = 0;
      const work = async () => {
        while (remaining-- > 0 && !stopped()) {
          const n = requests.length;
          const shape = names[Math.floor(random() * names.length)] as Shape;
          const run: RequestedRun = { key: `run-${n}`, n, shape };
          requests.push(run);
          if (await startOne(server, run)) accepted += 1;
        }
      };
      await Promise.all(Array.from({ length: MAX_CONCURRENT_REQUESTS }, work));
      return accepted;
    },
    async retryUnanswered(server) {
      for (const run of requests) if (run.id === undefined) await startOne(server, run);
    },
    answerWaiting(servers) {
      let stopped = false;
      const loop = (async () => {
        for (let i = 0; !stopped; i += 1) {
          await answerOnce(servers[i % servers.length] as Server);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      })();
      return async () => {
        stopped = true;
        await loop;
      };
    },
  };
}

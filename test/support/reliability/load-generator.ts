import { type Server, tokenFor } from '../server.ts';
import { crashWorkflows, WORKFLOW_SHAPES } from './crash-workflows.ts';

/** Kinds of requests, with the final states that their runs may have. */
export const SHAPES = {
  ...WORKFLOW_SHAPES,
  command: ['SUCCEEDED'],
  pipeline: ['SUCCEEDED'],
  upload: ['SUCCEEDED'],
} as const satisfies Record<string, readonly string[]>;

type Shape = keyof typeof SHAPES;

/** A run that was requested. */
interface RequestedRun {
  readonly key: string;
  readonly n: number;
  readonly shape: Shape;
  /** Set when the server has accepted it. */
  id?: string;
  /** Of the output that the server has answered with. */
  digest?: string;
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
  /** Number of requests that were repeated because they had no answer. */
  readonly retried: number;
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
const EXECUTE = `mutation ($input: ExecuteInput!) { execute(input: $input) {
  ... on CommandOutcome { run { id } resource { digest } } ... on Refusal { code message }
} }`;
const UPLOADED = 'query ($id: ID!) { node(id: $id) { ... on Artifact { digest run { id } } } }';
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

/** What the documents above select. */
interface Result {
  readonly id?: string;
  readonly nodes?: readonly { readonly id: string }[];
  readonly run?: { readonly id: string };
  readonly resource?: { readonly digest: string };
}

/** The errors of fetch when the connection breaks, also in the middle of the answer. */
const isBroken = (error: unknown) => error instanceof TypeError || error instanceof SyntaxError;

const LONG_TEXT = 'y'.repeat(100_000);
const csv = (n: number, rows: number) => ({
  text: { text: `a,b\n${`${n},x\n`.repeat(rows)}`, mediaType: 'text/csv' },
});
const commandOf = (n: number) => ({ command: 'convertToJson', source: csv(n, n % 2 ? 3 : 10_000) });
const pipelineOf = (url: string, n: number) => {
  const then = (command: string) => ({ command, options: { source: { uri: '$previous.output' } } });
  const slow = { command: 'fetch', options: { source: { uri: `${url}/ponder?ms=${50 + (n % 10) * 30}&value=${n}` } } };
  const first = { command: 'convertToJson', options: { source: csv(n, 3) } };
  return { command: 'pipeline', options: { steps: [first, then('render'), slow, then('convertToBase64')] } };
};

/** Codes of requests that may succeed later. */
const TRANSIENT_CODES = ['UNAVAILABLE', 'TIMEOUT', 'THROTTLED'];
/** Concurrent requests for runs. */
const MAX_CONCURRENT_REQUESTS = 6;

const names = Object.keys(SHAPES) as Shape[];

interface LoadOptions {
  /** Of 0 to 1; the same gives the same runs. */
  readonly random: () => number;
  /** Of the outside world. */
  readonly url: string;
}

export async function createLoadGenerator({ random, url }: LoadOptions): Promise<LoadGenerator> {
  const { child, slow, workflowOf } = crashWorkflows(url);
  const tokens = {
    alice: await tokenFor('alice', { roles: ['analyst'], expiresIn: '4h' }),
    admin: await tokenFor('admin', { roles: ['admin'], expiresIn: '4h' }),
  };
  const requests: RequestedRun[] = [];
  const problems: string[] = [];
  const refusals: string[] = [];
  let retried = 0;

  /** The result; undefined if there is no answer, or the request may succeed later. */
  const ask = async (server: Server, token: string, document: string, input?: object) => {
    let answer: Awaited<ReturnType<Server['query']>>;
    try {
      answer = await server.query(document, { input }, token);
    } catch (error) {
      if (isBroken(error)) return undefined;
      throw error;
    }
    const [error] = answer.errors ?? [];
    const result = error ? { code: error.extensions?.code, message: error.message } : Object.values(answer.data)[0];
    const { code, message } = result as { code?: string; message?: string };
    if (code === undefined || code === 'CONFLICT') return result as Result;
    if (TRANSIENT_CODES.includes(code)) refusals.push(`${code}: ${message}`);
    else problems.push(`${code}: ${message} (${document.slice(0, 60)} ${JSON.stringify(input)})`);
    return undefined;
  };

  /** The accepted run, and the digest of its output if it has ended. */
  const request = async (
    server: Server,
    { key, n, shape }: RequestedRun,
  ): Promise<{ id?: string | undefined; digest?: string | undefined } | undefined> => {
    if (shape === 'upload') return upload(server, key);
    if (shape !== 'command' && shape !== 'pipeline') {
      const source = { document: workflowOf(shape, n) };
      return ask(server, tokens.alice, START, { source, idempotencyKey: key });
    }
    const input = { ...(shape === 'command' ? commandOf(n) : pipelineOf(url, n)), idempotencyKey: key };
    const outcome = await ask(server, tokens.alice, EXECUTE, input);
    return outcome && { id: outcome.run?.id, digest: outcome.resource?.digest };
  };

  const upload = async (server: Server, key: string) => {
    const options = { method: 'POST', headers: { 'content-type': 'text/plain' }, token: tokens.alice };
    try {
      const response = await server.fetch(`/artifacts?name=${key}`, { ...options, body: `${key} ${LONG_TEXT}` });
      const { id } = (await response.json()) as { id: string };
      if (response.status !== 201) return undefined;
      const { node } = (await server.query(UPLOADED, { id }, tokens.alice)).data;
      return { id: node.run.id as string, digest: node.digest as string };
    } catch (error) {
      if (isBroken(error)) return undefined;
      throw error;
    }
  };

  const startOne = async (server: Server, run: RequestedRun): Promise<boolean> => {
    const { id, digest } = (await request(server, run)) ?? {};
    if (id === undefined) return false;
    if (run.digest !== undefined && run.digest !== digest) problems.push(`${run.key} has another output`);
    if (digest !== undefined) run.digest = digest;
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
    get retried() {
      return retried;
    },
    tokens,
    otherRunIds: [],
    async prepare(server) {
      for (const document of [child, slow]) {
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
      for (const run of requests) {
        if (run.id !== undefined) continue;
        retried += 1;
        await startOne(server, run);
      }
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

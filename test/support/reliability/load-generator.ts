import { type Server, tokenFor } from '../server.ts';
import { CHILD, SHAPES, type Shape, SLOW, workflowOf } from './crash-workflows.ts';

/** A run that somebody asked for. */
export interface RequestedRun {
  readonly key: string;
  readonly n: number;
  readonly shape: Shape;
  /** Once the server said that it has it. */
  id?: string;
  signalled?: boolean;
}

/**
 * People at work on a server that may vanish at any moment: one starts runs, another decides and sends what these wait
 * for. Whatever is answered wrongly is kept as a problem; no answer is none.
 */
export interface LoadGenerator {
  readonly asked: readonly RequestedRun[];
  /** Ids of runs of other shapes that the test has started itself. */
  readonly others: string[];
  readonly problems: readonly string[];
  /** What the server said when it could not do what it was asked for now. */
  readonly refusals: readonly string[];
  readonly tokens: { readonly alice: string; readonly admin: string };
  /** Saves what the runs need. */
  prepare(server: Server): Promise<void>;
  /** Asks for that many runs, some at once, until all are answered or `stopped` is. @returns how many were accepted */
  start(server: Server, count: number, stopped?: () => boolean): Promise<number>;
  /** Asks again, under the same key, for what was not answered. */
  retryUnanswered(server: Server): Promise<void>;
  /** Decides what is put before people, and sends signals, until it is stopped. */
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

/** Codes that say that it may work later. */
const TRANSIENT_CODES = ['UNAVAILABLE', 'TIMEOUT', 'THROTTLED'];
/** Runs that are asked for at once. */
const MAX_CONCURRENT_REQUESTS = 6;

const names = Object.keys(SHAPES) as Shape[];

/** @param random of 0 to 1; the same gives the same runs */
export async function createLoadGenerator(random: () => number): Promise<LoadGenerator> {
  const tokens = {
    alice: await tokenFor('alice', { roles: ['analyst'], expiresIn: '4h' }),
    admin: await tokenFor('admin', { roles: ['admin'], expiresIn: '4h' }),
  };
  const asked: RequestedRun[] = [];
  const problems: string[] = [];
  const refusals: string[] = [];

  /** The answer; undefined when there is none, or it is that it may work later. */
  const ask = async (server: Server, token: string, document: string, input?: object) => {
    let answer: Awaited<ReturnType<Server['query']>>;
    try {
      answer = await server.query(document, { input }, token);
    } catch (error) {
      // What fetch says of a connection that broke, also in the middle of the answer.
      if (error instanceof TypeError || error instanceof SyntaxError) return undefined;
      throw error;
    }
    const [error] = answer.errors ?? [];
    const found = error ? { code: error.extensions?.code, message: error.message } : Object.values(answer.data)[0];
    const { code, message } = found as { code?: string; message?: string };
    if (code === undefined || code === 'CONFLICT') return found as { id?: string; nodes?: { id: string }[] };
    if (TRANSIENT_CODES.includes(code)) refusals.push(`${code}: ${message}`);
    else problems.push(`${code}: ${message} (${document.slice(0, 60)} ${JSON.stringify(input)})`);
    return undefined;
  };

  const startOne = async (server: Server, run: RequestedRun): Promise<boolean> => {
    const source = { document: workflowOf(run.shape, run.n) };
    const found = await ask(server, tokens.alice, START, { source, idempotencyKey: run.key });
    const { id } = found ?? {};
    if (id === undefined) return false;
    if (run.id !== undefined && run.id !== id) problems.push(`${run.key} is ${run.id} and ${id}`);
    run.id = id;
    return true;
  };

  /** One round of what the runs wait for. */
  const attendOnce = async (server: Server): Promise<void> => {
    const open = await ask(server, tokens.admin, OPEN_APPROVALS);
    for (const { id } of open?.nodes ?? []) {
      // The decision depends on nothing but the approval, however often it is made.
      const approve = Number.parseInt(id.slice(-2), 36) % 4 !== 0;
      await ask(server, tokens.admin, DECIDE, { approvalId: id, approve });
    }
    for (const run of asked) {
      if (run.shape !== 'signal' || run.id === undefined || run.signalled) continue;
      if (await ask(server, tokens.alice, SIGNAL, { runId: run.id, name: 'go', payload: run.n })) run.signalled = true;
    }
  };

  return {
    ...{ asked, problems, refusals, tokens, others: [] },
    async prepare(server) {
      for (const document of [CHILD, SLOW]) {
        const saved = await ask(server, tokens.alice, SAVE, { source: { document } });
        if (saved?.id === undefined) throw new Error(`the workflow was not saved: ${problems.join()}`);
      }
    },
    async start(server, count, stopped = () => false) {
      let left = count;
      let accepted = 0;
      const work = async () => {
        while (left-- > 0 && !stopped()) {
          const n = asked.length;
          const shape = names[Math.floor(random() * names.length)] as Shape;
          const run: RequestedRun = { key: `run-${n}`, n, shape };
          asked.push(run);
          if (await startOne(server, run)) accepted += 1;
        }
      };
      await Promise.all(Array.from({ length: MAX_CONCURRENT_REQUESTS }, work));
      return accepted;
    },
    async retryUnanswered(server) {
      for (const run of asked) if (run.id === undefined) await startOne(server, run);
    },
    answerWaiting(servers) {
      let stopped = false;
      const loop = (async () => {
        for (let i = 0; !stopped; i += 1) {
          await attendOnce(servers[i % servers.length] as Server);
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

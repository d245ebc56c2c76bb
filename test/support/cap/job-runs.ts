import type { Server } from '../server.ts';
import { until } from '../until.ts';

const STEPS = 'steps { key kind state attempt worker output error { code message } }';
const SUBMIT = `mutation ($input: SubmitJobInput!) { submitJob(input: $input) {
  ... on Run { id state error { code message } ${STEPS} } ... on Refusal { code message } } }`;
const START = `mutation ($input: StartRunInput!) { startRun(input: $input) {
  ... on Run { id } ... on Refusal { code message violations { message } } } }`;
const RUN = `query ($id: ID!) { run(id: $id) { id state error { code message } ${STEPS} } }`;
const EVENTS = `query ($id: ID!) { events(filter: { runId: $id }, first: 1000) { events { type step
  ... on JobDispatched { jobId topic worker } ... on JobEnded { jobId worker status reason } ... on StepStateChanged { to } } } }`;

// biome-ignore lint/suspicious/noExplicitAny: a test reads any field of the result
type Fields = any;

/** What a client of the API does with jobs. */
export interface JobRuns {
  submit(input: object): Promise<Fields>;
  start(document: object, more?: object): Promise<string>;
  run(id: string): Promise<Fields>;
  /** The run when it has ended. */
  ended(id: string): Promise<Fields>;
  events(id: string): Promise<Fields[]>;
  cancel(id: string): Promise<void>;
  verify(id: string): Promise<Fields>;
}

const FINAL = ['SUCCEEDED', 'FAILED', 'TIMEOUT', 'DENIED', 'CANCELLED'];

/** @param server the present one: it may be started again */
export function jobRuns(server: () => Server, token: string): JobRuns {
  const ask = async (document: string, variables: object) => {
    const { data, errors } = await server().query(document, variables, token);
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  };
  const run = async (id: string) => (await ask(RUN, { id })).run;
  return {
    submit: async (input) => (await ask(SUBMIT, { input })).submitJob,
    start: async (document, more = {}) => {
      const { startRun } = await ask(START, { input: { source: { document }, ...more } });
      if (startRun.id === undefined) throw new Error(JSON.stringify(startRun));
      return startRun.id;
    },
    run,
    ended: (id) =>
      until(`run ${id} has ended`, async () => {
        const found = await run(id).catch(() => undefined);
        return FINAL.includes(found?.state) && found;
      }),
    events: async (id) => (await ask(EVENTS, { id })).events.events,
    cancel: async (id) => {
      await ask('mutation ($input: CancelRunInput!) { cancelRun(input: $input) { __typename } }', {
        input: { runId: id },
      });
    },
    verify: async (id) => (await ask('query ($id: ID!) { verifyRun(id: $id) { valid } }', { id })).verifyRun,
  };
}

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { createTestUsers, statesOf, type TestUserName, type TestUsers } from '../support/test-users.ts';
import { until } from '../support/until.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';
import { fetchStep, valueStep, workflowSource } from '../support/workflow/workflow-source.ts';

const APPROVAL = `... on Approval {
  __typename id state reason roles comment decidedBy { username } decidedAt run { id } step { key state }
}`;

let folder: Awaited<ReturnType<typeof createTempFolder>>;
let server: Server;
let web: WebServer;
let users: TestUsers;

const start: TestUsers['start'] = (...of) => users.start(...of);
const decide = (approvalId: string, approve: boolean, who: TestUserName, comment?: string) =>
  users.mutate('decideApproval', { approvalId, approve, comment }, APPROVAL, who);

/** The approval that the run waits for. */
const openApproval = (runId: string, who: TestUserName = 'admin') =>
  until(`${runId} waits for approval`, async () => {
    const { approvals } = await users.ask(`{ approvals(state: OPEN, first: 100) { nodes { ${APPROVAL} } } }`, {}, who);
    return approvals.nodes.find(({ run }: { run: { id: string } }) => run.id === runId);
  });

beforeAll(async () => {
  folder = await createTempFolder();
  web = await startWebServer((_, res) => {
    res.setHeader('content-type', 'application/json').end('{"there":true}');
  });
  const rulesFile = join(folder.path, 'policy.csv');
  const shipped = await readFile('policy/policy.csv', 'utf8');
  await writeFile(rulesFile, `${shipped}\np, analyst, command:fetch, ${web.url}/agreed/**, *, approve\n`);
  server = await startServer({ env: { POLICY_FILE: rulesFile, ALLOWED_PRIVATE_HOSTS: web.host } });
  users = await createTestUsers(server);
});

afterAll(async () => {
  await server?.stop('SIGKILL');
  await web?.close();
  await folder?.[Symbol.asyncDispose]();
});

describe('an approval step', () => {
  const approvalWorkflow = (input: object) =>
    workflowSource(
      'asking',
      { id: 'agree', kind: 'approval', input } as never,
      valueStep('after', '{{ steps.agree.output }}'),
    );

  it('continues when it is approved, and says by whom and why', async () => {
    const started = await start(approvalWorkflow({ reason: 'Continue?' }), { waitMs: 0 });
    const approval = await openApproval(started.id);
    expect(approval).toMatchObject({
      ...{ state: 'OPEN', reason: 'Continue?', roles: [], decidedBy: null, decidedAt: null },
      step: { key: 'agree', state: 'WAITING' },
    });
    expect((await users.reach(started.id, 'WAITING')).steps[0].approval).toEqual({ id: approval.id, state: 'OPEN' });
    expect(await decide(approval.id, true, 'admin', 'Why not?')).toMatchObject({
      ...{ __typename: 'Approval', state: 'APPROVED', decidedBy: { username: 'admin' }, comment: 'Why not?' },
    });
    const run = await users.reach(started.id, 'SUCCEEDED');
    expect(run.output).toMatchObject({ approved: true, comment: 'Why not?' });
    expect(await decide(approval.id, false, 'admin')).toMatchObject({ code: 'CONFLICT' });

    const { events, approvals, node } = await users.ask(
      `query ($run: ID!, $id: ID!) {
        events(filter: { runId: $run, types: [APPROVAL_REQUESTED, APPROVAL_DECIDED] }) { events {
          type step
          ... on ApprovalRequested { approval { id state reason } }
          ... on ApprovalDecided { approval { id state decidedBy { username } } }
        } }
        approvals(state: APPROVED) { nodes { id } }
        node(id: $id) { ${APPROVAL} }
      }`,
      { run: run.id, id: approval.id },
    );
    const { id } = approval;
    expect(events.events).toEqual([
      { type: 'APPROVAL_REQUESTED', step: 'agree', approval: { id, state: 'OPEN', reason: 'Continue?' } },
      {
        type: 'APPROVAL_DECIDED',
        step: 'agree',
        approval: { id, state: 'APPROVED', decidedBy: { username: 'admin' } },
      },
    ]);
    expect(approvals.nodes).toContainEqual({ id });
    expect(node).toMatchObject({ __typename: 'Approval', state: 'APPROVED' });
  });

  it('ends when it is rejected', async () => {
    const started = await start(approvalWorkflow({ reason: 'Continue?' }), { waitMs: 0 });
    const { id } = await openApproval(started.id);
    expect(await decide(id, false, 'admin', 'No.')).toMatchObject({ state: 'REJECTED', comment: 'No.' });
    const ended = await until('the run ends', async () => {
      const run = await users.run(started.id);
      return ['FAILED', 'DENIED'].includes(run.state) && run;
    });
    expect(statesOf(ended).after).toBe('SKIPPED');
    expect(ended.error.step).toBe('agree');
  });

  it('ends when nobody decides in time', async () => {
    const run = await start(approvalWorkflow({ reason: 'Soon?', expires_ms: 50 }));
    expect(run.state).not.toBe('SUCCEEDED');
    expect(run.steps[0].approval.state).toBe('EXPIRED');
  });

  it('accepts only the decision of a user with a role that it names', async () => {
    const started = await start(approvalWorkflow({ reason: 'Dear admin?', roles: ['admin'] }), { waitMs: 0 });
    const approval = await openApproval(started.id, 'alice');
    expect(approval.roles).toEqual(['admin']);
    expect(await decide(approval.id, true, 'alice')).toMatchObject({ code: 'FORBIDDEN' });
    expect(await decide(approval.id, true, 'admin')).toMatchObject({ state: 'APPROVED' });
    await users.reach(started.id, 'SUCCEEDED');
  });

  it('is listed among those that a user may decide, page by page, until it is decided', async () => {
    const leads = await start(approvalWorkflow({ reason: '?', roles: ['lead'] }), { waitMs: 0 });
    await openApproval(leads.id);
    const mine = [];
    for (const who of ['alice', 'alice', 'alice'] as const) {
      const { id } = await start(approvalWorkflow({ reason: '?' }), { waitMs: 0 }, who);
      mine.unshift((await openApproval(id)).id);
    }
    const list = async (after: string | null) => {
      const { approvals } = await users.ask(
        `query ($after: String) { approvals(mine: true, first: 2, after: $after) {
          nodes { id mayDecide run { id } } totalCount totalCountIsExact pageInfo { hasNextPage endCursor } } }`,
        { after },
        'admin',
      );
      return approvals;
    };
    const first = await list(null);
    expect(first.nodes.map(({ id }: { id: string }) => id)).toEqual(mine.slice(0, 2));
    expect(first).toMatchObject({ totalCountIsExact: true, pageInfo: { hasNextPage: true } });
    const rest = await list(first.pageInfo.endCursor);
    expect(rest.nodes[0]).toMatchObject({ id: mine[2], mayDecide: true });
    await decide(mine[0], false, 'admin');
    const after = await list(null);
    expect(after.nodes[0].id).toBe(mine[1]);
    expect(after.totalCount).toBe(first.totalCount - 1);
    expect([first, rest, after].flatMap(({ nodes }) => nodes).map(({ run }) => run.id)).not.toContain(leads.id);
  });

  it('is hidden from users who may not see the run, and refuses users who may not decide', async () => {
    const alices = await start(approvalWorkflow({ reason: '?' }), { waitMs: 0 });
    const bobs = await start(approvalWorkflow({ reason: '?' }), { waitMs: 0 }, 'bob');
    expect(await decide((await openApproval(alices.id)).id, true, 'bob')).toMatchObject({ __typename: 'Refusal' });
    expect(await decide((await openApproval(bobs.id)).id, true, 'bob')).toMatchObject({
      code: 'FORBIDDEN',
      decision: { action: 'mutation:decideApproval' },
    });
    expect(await decide((await openApproval(bobs.id)).id, true, 'alice')).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('a step for which the policy requires approval', () => {
  it('waits for a user other than the one who started the run', async () => {
    const before = web.hits.length;
    const started = await start(workflowSource('agreed', fetchStep('get', `${web.url}/agreed/a`)), { waitMs: 0 });
    const approval = await openApproval(started.id);
    expect(approval.reason).toContain('rule_');
    expect(web.hits.length).toBe(before);
    expect(await decide(approval.id, true, 'alice')).toMatchObject({ code: 'FORBIDDEN' });
    await decide(approval.id, true, 'admin');
    const run = await users.reach(started.id, 'SUCCEEDED');
    expect(run.output).toEqual({ there: true });
    expect(run.steps[0].approval).toEqual({ id: approval.id, state: 'APPROVED' });
    expect(web.hits.length).toBe(before + 1);
  });

  it('waits also as a single command, which returns the run without a resource', async () => {
    const input = { command: 'fetch', source: { uri: `${web.url}/agreed/b` } };
    const outcome = await users.mutate(
      'execute',
      input,
      '... on CommandOutcome { run { id state } resource { text } }',
    );
    expect(outcome).toMatchObject({ run: { state: 'WAITING' }, resource: null });
    await decide((await openApproval(outcome.run.id)).id, true, 'admin');
    expect((await users.reach(outcome.run.id, 'SUCCEEDED')).output).toEqual({ there: true });
  });
});

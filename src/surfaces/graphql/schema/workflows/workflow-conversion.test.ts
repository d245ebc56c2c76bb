import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALICE, startGraphql, type TestGraphqlServer } from '../../../../../test/support/surfaces/graphql-server.ts';

let api: TestGraphqlServer;
beforeAll(async () => {
  api = await startGraphql();
});
afterAll(() => api.close());

describe('convertWorkflow', () => {
  const CONVERT = `query ($source: WorkflowSource!, $form: WorkflowForm!) {
    convertWorkflow(source: $source, form: $form) { text problems { severity step line } }
  }`;
  const source = { yaml: 'name: shown\nsteps:\n  - { id: a, kind: sleep, input: { ms: 1 } }\n' };

  it('writes a document in another form, or says what that cannot express', async () => {
    const dag = { name: 'read', nodes: [{ id: 'a', type: 'fetch', uri: 'data:,a' }] };
    const native = await api.ask(CONVERT, { source: { document: dag }, form: 'NATIVE' }, ALICE);
    const { text } = native.data.convertWorkflow;
    expect(text).toContain('command: fetch');
    const back = await api.ask(CONVERT, { source: { yaml: text }, form: 'DAG_JSON' }, ALICE);
    expect(JSON.parse(back.data.convertWorkflow.text)).toMatchObject({ nodes: [{ id: 'a', uri: 'data:,a' }] });
    const { data } = await api.ask(CONVERT, { source, form: 'DAG_JSON' }, ALICE);
    expect(data.convertWorkflow).toEqual({ text: null, problems: [{ severity: 'ERROR', step: 'a', line: 3 }] });
  });
});

describe('the graph of a workflow', () => {
  it('says what each step does, repairs and undoes, and where it is in the text', async () => {
    const yaml = [
      'name: drawn',
      'steps:',
      '  - id: read',
      '    kind: command',
      '    command: fetch',
      '    for_each: [1, 2]',
      "    input: { source: { uri: 'data:,a' } }",
      '    compensate: { kind: query, query: resources, input: { uri: "data:,b" } }',
      '  - id: check',
      '    kind: command',
      '    command: fetch',
      '    depends_on: [read]',
      "    input: { source: { uri: 'data:,a' } }",
    ].join('\n');
    const save = `mutation ($input: SaveWorkflowInput!) { saveWorkflow(input: $input) { ... on Workflow {
      graph { nodes { key kind title does forEach undoes repairs line } edges { from to } } } } }`;
    const { data } = await api.ask(save, { input: { source: { yaml } } }, ALICE);
    const none = { undoes: null, repairs: null, forEach: false };
    expect(data.saveWorkflow.graph).toEqual({
      nodes: [
        { ...none, key: 'read', kind: 'COMMAND', title: 'read', does: 'fetch', forEach: true, line: 3 },
        { ...none, key: 'check', kind: 'COMMAND', title: 'check', does: 'fetch', line: 9 },
        { ...none, key: 'undo:read', kind: 'QUERY', title: 'Undo: read', does: 'resources', undoes: 'read', line: 8 },
      ],
      edges: [{ from: 'read', to: 'check' }],
    });
  });
});

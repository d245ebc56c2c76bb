import { describe, expect, it } from 'vitest';
import { testCatalog } from '../../../test/support/workflow/catalog.ts';
import type { Json, JsonObject } from '../../lib/json.ts';
import type { WorkflowPlan } from '../model/workflow-document.ts';
import { readWorkflow } from '../read-workflow.ts';

const read = (document: Json) => readWorkflow({ document }, testCatalog);
const problemsOf = (document: Json) =>
  read(document)
    .problems.map(({ severity, message }) => `${severity} ${message}`)
    .join('\n');
const plan = (document: Json): WorkflowPlan => {
  const { document: parsed, problems } = read(document);
  if (!parsed) throw new Error(JSON.stringify(problems));
  return parsed.compile({});
};
const stepsOf = (document: Json) => plan(document).steps.map(({ id: _, ...step }) => step);

const source = { uri: 'file:///data/a.csv' };
const writer = { role: 'A {{ writer }}', goal: 'Sum up', backend: 'litellm', backend_config: { model: 'm' } };

describe('a pipeline', () => {
  const document = {
    steps: [
      { command: 'convertToJson', options: { source, mode: 'CSV' } },
      { command: 'render', options: { source: '$previous.output', title: 'a $previous.output' } },
      { command: 'fetch', options: { source: { uri: '$previous.output' } } },
    ],
  };

  it('means the same as the native document', () => {
    const uri = (key: string) => `{{ steps.${key}.resource.uri }}`;
    const native = {
      name: 'pipeline',
      steps: [
        { id: 'convertToJson_1', kind: 'command', command: 'convertToJson', input: { source, mode: 'CSV' } },
        {
          id: 'render_2',
          kind: 'command',
          command: 'render',
          input: { source: { uri: uri('convertToJson_1') }, title: 'a $previous.output' },
        },
        { id: 'fetch_3', kind: 'command', command: 'fetch', input: { source: { uri: uri('render_2') } } },
      ],
      outputs: { output: '{{ steps.fetch_3.output }}' },
    };
    expect(read(document).problems).toEqual([]);
    expect(stepsOf(document)).toEqual(stepsOf(native));
    expect(plan(document).plan).toEqual(plan(native).plan);
  });

  it('runs its steps one after the other, even when they take nothing from each other', () => {
    const steps = [document.steps[0] as JsonObject, { command: 'fetch', options: { source: { uri: 'data:,a' } } }];
    expect(stepsOf({ steps })[1]?.dependsOn).toEqual(['convertToJson_1']);
  });

  it('has agents, which get the output of the step before as `previous`', () => {
    const steps = [{ agent: writer }, { agent: { ...writer, backend_config: { model: 'm', maxTokens: 9 } } }];
    const native = {
      name: 'pipeline',
      steps: [
        { id: 'agent_1', kind: 'agent', agent: { ...writer, role: 'A {{ "{{" }} writer }}' } },
        {
          id: 'agent_2',
          kind: 'agent',
          agent: { ...writer, role: 'A {{ "{{" }} writer }}', backend_config: { model: 'm', max_tokens: 9 } },
          input: { previous: '{{ steps.agent_1.content }}' },
        },
      ],
      outputs: { output: '{{ steps.agent_2.output }}' },
    };
    expect(read({ steps }).problems).toEqual([]);
    expect(stepsOf({ steps })).toEqual(stepsOf(native));
    expect(plan({ steps }).plan).toEqual(plan(native).plan);
  });

  it.each<[string, readonly Json[], RegExp]>([
    ['an agent that is not an object', [{ agent: 'x' }], /ERROR The agent of step 1 must be an object/],
    [
      'an agent without a backend',
      [{ agent: { role: 'r', goal: 'g' } }],
      /steps\[0\]\.agent is missing the required key backend/,
    ],
    ['options of an agent', [{ agent: writer, options: {} }], /Step 1 has the unknown key "options"/],
    ['both at once', [{ agent: writer, command: 'fetch' }], /Step 1 has the unknown key "agent"/],
    [
      'a first step that uses the output of a previous one',
      [document.steps[1] as JsonObject],
      /The first step cannot use \$previous\.output/,
    ],
    ['a step without a command', [{ options: {} }], /Step 1 has no command and no agent/],
    ['a pipeline inside', [{ command: 'pipeline', options: { steps: [] } }], /consists of other commands/],
    [
      'an unknown key',
      [{ command: 'fetch', option: {} }],
      /Step 1 has the unknown key "option"\. Did you mean options\?/,
    ],
    ['an unknown command', [{ command: 'fetsch', options: {} }], /there is no command fetsch\. Did you mean fetch\?/],
  ])('reports %s', (_, steps, message) => {
    expect(problemsOf({ steps })).toMatch(message);
  });
});

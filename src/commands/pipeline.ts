import { Type } from 'typebox';
import type { AgentSpec } from '../core/agent.ts';
import { Fault } from '../core/errors.ts';
import type { JsonObject } from '../lib/json.ts';
import { defineCommand } from './definition/define-command.ts';
import { PREVIOUS_OUTPUT, referencesPreviousOutput } from './definition/previous-output.ts';

const MAX_STEPS = 100;

export const pipeline = defineCommand({
  name: 'pipeline',
  title: 'Pipeline',
  description:
    'Commands and agents one after the other, each asked of the policy. The options of a command may hold ' +
    '"$previous.output": the URI of what the step before it made; an agent finds it in its context as `previous`.',
  options: Type.Object({
    // Optional, because an envelope states them under `meta`.
    steps: Type.Optional(
      Type.Array(
        Type.Object(
          {
            command: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'Name of the command.' })),
            options: Type.Optional(
              Type.Unsafe<JsonObject>({ 'x-signalbox': 'json', type: 'object', description: 'Its options.' }),
            ),
            agent: Type.Optional(
              Type.Unsafe<AgentSpec>({ 'x-signalbox': 'agent', type: 'object', description: 'An agent instead.' }),
            ),
            // Converted before the options are validated.
            request: Type.Optional(
              Type.Unsafe<JsonObject>({
                'x-signalbox': 'json',
                type: 'object',
                description:
                  'Its options as an envelope, instead of `options`: `input_uri`, `payload_b64`, `schema_uri`, `output_mime`, `meta`.',
              }),
            ),
            agent_node: Type.Optional(
              Type.Unsafe<JsonObject>({
                'x-signalbox': 'json',
                type: 'object',
                description: 'An agent as in an agent file, instead of `agent`. It takes the place of the command.',
              }),
            ),
          },
          { additionalProperties: false, description: 'One command with its options, or an agent.' },
        ),
        { minItems: 1, maxItems: MAX_STEPS, description: 'The steps, in order; at most 100.' },
      ),
    ),
  }),
  steps({ steps = [] }) {
    if (steps.length === 0 || steps.length > MAX_STEPS) {
      throw new Fault('BAD_INPUT', `A pipeline has 1 to ${MAX_STEPS} steps; this one has ${steps.length}.`, {
        path: ['steps'],
      });
    }
    return steps.map(({ command, options = {}, agent }, i) => {
      if (agent) {
        if (command === undefined && Object.keys(options).length === 0) return { agent };
        const message = `Step ${i + 1} has both an agent and a command or options. Split it into two steps.`;
        throw new Fault('BAD_INPUT', message, { path: ['steps', String(i), 'agent'] });
      }
      if (command === undefined) {
        const message = `Step ${i + 1} has neither a command nor an agent. Set one of them.`;
        throw new Fault('BAD_INPUT', message, { path: ['steps', String(i), 'command'] });
      }
      if (command === 'pipeline') {
        const message = 'A pipeline cannot contain a pipeline. List its steps here.';
        throw new Fault('BAD_INPUT', message, { path: ['steps', String(i), 'command'] });
      }
      if (i === 0 && referencesPreviousOutput(options)) {
        const message = `The first step cannot use ${PREVIOUS_OUTPUT}, because no step precedes it. Name a resource.`;
        throw new Fault('BAD_INPUT', message, { path: ['steps', '0', 'options'] });
      }
      return { command, options };
    });
  },
});

import { Type } from 'typebox';
import { Fault } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import { defineCommand } from './define-command.ts';
import { mentionsPrevious, PREVIOUS_OUTPUT } from './previous-output.ts';

const MOST_STEPS = 100;

export const pipeline = defineCommand({
  name: 'pipeline',
  title: 'Pipeline',
  description:
    'Commands one after the other, each asked of the policy. The options of a step may hold "$previous.output": ' +
    'the URI of what the step before it made.',
  options: Type.Object({
    steps: Type.Array(
      Type.Object(
        {
          // Optional, because a step will be able to name an agent instead.
          command: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'Name of the command.' })),
          options: Type.Optional(
            Type.Unsafe<JsonObject>({ 'x-signalbox': 'json', type: 'object', description: 'Its options.' }),
          ),
        },
        { additionalProperties: false, description: 'One command with its options.' },
      ),
      { minItems: 1, maxItems: MOST_STEPS, description: 'The steps, in order; at most 100.' },
    ),
  }),
  steps({ steps }) {
    if (steps.length === 0 || steps.length > MOST_STEPS) {
      throw new Fault('BAD_INPUT', `A pipeline has 1 to ${MOST_STEPS} steps; this one has ${steps.length}.`, {
        path: ['steps'],
      });
    }
    return steps.map(({ command, options = {} }, i) => {
      if (command === undefined) {
        const message = `Step ${i + 1} names no command.`;
        throw new Fault('BAD_INPUT', message, { path: ['steps', String(i), 'command'] });
      }
      if (command === 'pipeline') {
        const message = 'A pipeline cannot stand inside a pipeline. List its steps here.';
        throw new Fault('BAD_INPUT', message, { path: ['steps', String(i), 'command'] });
      }
      if (i === 0 && mentionsPrevious(options)) {
        const message = `The first step has no ${PREVIOUS_OUTPUT}. Name a resource.`;
        throw new Fault('BAD_INPUT', message, { path: ['steps', '0', 'options'] });
      }
      return { command, options };
    });
  },
});

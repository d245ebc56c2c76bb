import { Fault } from '../../core/errors.ts';
import { JinjaError, type Mapping, renderJinja as renderTemplate } from '../../lib/jinja/jinja.ts';

/** Of what a template makes. */
const MAX_BYTES = 128 * 2 ** 20;
/** A loop that prints one value takes about five a turn. */
const MAX_STEPS = 10_000_000;

/**
 * Renders one Jinja2 template as HTML: `{{ }}` escapes, unknown names are empty, no other template can be reached.
 * @throws Fault BAD_INPUT for a template that is wrong or takes too many steps, RESOURCE_TOO_LARGE for one that takes
 *   too much memory
 */
export function renderJinja(template: string, variables: Mapping): string {
  const limits = { maxBytes: MAX_BYTES, maxSteps: MAX_STEPS };
  try {
    return renderTemplate('template.html', template, variables, { ...limits, autoescape: true, strict: false });
  } catch (error) {
    throw templateFault(error);
  }
}

function templateFault(error: unknown): unknown {
  if (error instanceof RangeError) return new Fault('BAD_INPUT', 'An expression in the template nests too deeply.');
  if (!(error instanceof JinjaError)) return error;
  if (error.limit === 'memory') {
    const message = `The template takes more than the ${MAX_BYTES / 2 ** 20} MiB of memory that it may have.`;
    return new Fault('RESOURCE_TOO_LARGE', message, { cause: error });
  }
  if (error.limit === 'steps') {
    return new Fault('BAD_INPUT', `The template takes more than ${MAX_STEPS} steps. Does a loop never end?`);
  }
  return new Fault('BAD_INPUT', `The template cannot be rendered: ${error.message.slice(0, 300)}`);
}

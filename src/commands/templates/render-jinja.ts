import { Fault } from '../../core/errors.ts';
import { createJinjaEngine } from '../../lib/jinja-engine.ts';

/** What a template may hold in memory, its data and its output included. */
const MAX_MEMORY_BYTES = 128 * 2 ** 20;
/** Instructions of the template engine; a loop that prints one value takes about ten a turn. */
const MAX_INSTRUCTIONS = 10_000_000;

/**
 * Renders one Jinja2 template as HTML: `{{ }}` escapes, unknown names are empty, no other template can be reached.
 * Each call has a separate instance, so that nothing outlives a template that ran out of memory.
 * @throws Fault BAD_INPUT for a template that is wrong or takes too many steps, RESOURCE_TOO_LARGE for one that takes
 *   too much memory
 */
export async function renderJinja(template: string, variables: Readonly<Record<string, unknown>>): Promise<string> {
  const engine = createJinjaEngine(MAX_MEMORY_BYTES);
  try {
    return engine.use((environment) => {
      environment.fuel = MAX_INSTRUCTIONS;
      return environment.renderNamedStr('template.html', template, variables);
    });
  } catch (error) {
    throw templateFault(error);
  } finally {
    engine.close();
  }
}

function templateFault(error: unknown): unknown {
  // A failed allocation ends in a trap; so would a bug of the engine, which looks the same from here.
  if (error instanceof WebAssembly.RuntimeError) {
    const message = `The template takes more than the ${MAX_MEMORY_BYTES / 2 ** 20} MiB of memory that it may have.`;
    return new Fault('RESOURCE_TOO_LARGE', message, { cause: error });
  }
  if (error instanceof RangeError) return new Fault('BAD_INPUT', 'An expression in the template nests too deeply.');
  if (!(error instanceof Error)) return error;
  const [what = ''] = error.message.split('\n');
  if (what.includes('ran out of fuel')) {
    return new Fault('BAD_INPUT', `The template takes more than ${MAX_INSTRUCTIONS} steps. Does a loop never end?`);
  }
  return new Fault('BAD_INPUT', `The template cannot be rendered: ${what.slice(0, 300)}`);
}

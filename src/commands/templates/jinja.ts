import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Environment } from 'minijinja-js';
import { Fault } from '../../core/errors.ts';
import { capWasmMemory } from './cap-wasm-memory.ts';

/** The JavaScript half of the engine, as its package has it for bundlers: it works with whatever instance it is given. */
interface Glue {
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
  readonly Environment: new () => Environment;
}

interface Instance {
  readonly exports: WebAssembly.Exports & { readonly memory: WebAssembly.Memory };
}

/** What a template may hold in memory, its data and its output included. */
const MEMORY_BYTES = 128 * 2 ** 20;
/** Instructions of the template engine; a loop that prints one value takes about ten a turn. */
const FUEL = 10_000_000;

const GLUE = import.meta.resolve('minijinja-js/dist/bundler/minijinja_js_bg.js');
const WASM = import.meta.resolve('minijinja-js/dist/bundler/minijinja_js_bg.wasm');

let loaded: Promise<{ readonly glue: Glue; readonly module: WebAssembly.Module }> | undefined;
let current: Instance | undefined;

/**
 * Renders one Jinja2 template as HTML: `{{ }}` escapes, unknown names are empty, no other template can be reached.
 * Each call has an instance of its own, so that nothing outlives a template that ran out of memory.
 * @throws Fault BAD_INPUT for a template that is wrong or takes too many steps, RESOURCE_TOO_LARGE for one that takes
 *   too much memory
 */
export async function renderJinja(template: string, variables: Readonly<Record<string, unknown>>): Promise<string> {
  const glue = await freshEngine();
  try {
    const environment = new glue.Environment();
    environment.fuel = FUEL;
    return environment.renderNamedStr('template.html', template, variables);
  } catch (error) {
    throw faultOf(error);
  }
}

async function freshEngine(): Promise<Glue> {
  loaded ??= load();
  const { glue, module } = await loaded;
  const { exports } = new WebAssembly.Instance(module, { './minijinja_js_bg.js': { ...glue } }) as unknown as Instance;
  // The glue keeps views of the memory it worked with, and drops them when they are detached, as growing does.
  current?.exports.memory.grow(0);
  current = { exports };
  glue.__wbg_set_wasm(exports);
  return glue;
}

async function load() {
  const glue = (await import(GLUE)) as Glue;
  const module = new WebAssembly.Module(capWasmMemory(readFileSync(fileURLToPath(WASM)), MEMORY_BYTES));
  return { glue, module };
}

function faultOf(error: unknown): unknown {
  // A failed allocation ends in a trap; so would a bug of the engine, which looks the same from here.
  if (error instanceof WebAssembly.RuntimeError) {
    const message = `The template takes more than the ${MEMORY_BYTES / 2 ** 20} MiB of memory that it may have.`;
    return new Fault('RESOURCE_TOO_LARGE', message, { cause: error });
  }
  if (error instanceof RangeError) return new Fault('BAD_INPUT', 'An expression in the template nests too deeply.');
  if (!(error instanceof Error)) return error;
  const [what = ''] = error.message.split('\n');
  if (what.includes('ran out of fuel')) {
    return new Fault('BAD_INPUT', `The template takes more than ${FUEL} steps. Does a loop never end?`);
  }
  return new Fault('BAD_INPUT', `The template cannot be rendered: ${what.slice(0, 300)}`);
}

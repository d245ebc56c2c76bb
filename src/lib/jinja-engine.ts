import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Environment } from 'minijinja-js';
import { capWasmMemory } from './cap-wasm-memory.ts';

/** The JavaScript half of the engine, as its package has it for bundlers: it works with whatever instance it is given. */
interface Glue {
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
  readonly Environment: new () => Handle;
}

/** Takes the pointer out, so that the garbage collector will not free it in an instance that it is not of. */
interface Handle extends Environment {
  __destroy_into_raw(): number;
}

type Exports = WebAssembly.Exports & { readonly memory: WebAssembly.Memory };

/** One instance of the template engine with one environment. What it does, it does at once: nothing waits in between. */
export interface JinjaEngine {
  /** @throws what the engine throws; after a WebAssembly.RuntimeError or a RangeError it is of no use any more */
  use<T>(act: (environment: Environment) => T): T;
  /** What it has taken, in bytes; it never gives any back. */
  memoryBytes(): number;
  /** Lets it go. It is not used afterwards. */
  close(): void;
}

const require = createRequire(import.meta.url);
const PACKAGE = 'minijinja-js/dist/bundler/minijinja_js_bg';

let glue: Glue | undefined;
let activeExports: Exports | undefined;
/** By the most memory that an instance may take. */
const modules = new Map<number, WebAssembly.Module>();

/** A new instance of MiniJinja, which may take so much memory, its data and its output included. */
export function createJinjaEngine(maxBytes: number): JinjaEngine {
  glue ??= require(`${PACKAGE}.js`) as Glue;
  const { exports } = new WebAssembly.Instance(cappedModule(maxBytes), { './minijinja_js_bg.js': { ...glue } });
  const own = exports as Exports;
  activate(glue, own);
  const environment = new glue.Environment();
  return {
    use(act) {
      activate(glue as Glue, own);
      return act(environment);
    },
    memoryBytes: () => own.memory.buffer.byteLength,
    close() {
      environment.__destroy_into_raw();
    },
  };
}

/** The glue keeps views of the memory it worked with, and drops them when they are detached, as growing does. */
function activate(to: Glue, exports: Exports): void {
  if (activeExports === exports) return;
  activeExports?.memory.grow(0);
  activeExports = exports;
  to.__wbg_set_wasm(exports);
}

function cappedModule(maxBytes: number): WebAssembly.Module {
  const known = modules.get(maxBytes);
  if (known) return known;
  const made = new WebAssembly.Module(capWasmMemory(readFileSync(require.resolve(`${PACKAGE}.wasm`)), maxBytes));
  modules.set(maxBytes, made);
  return made;
}

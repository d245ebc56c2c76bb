import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Environment } from 'minijinja-js';
import { capWasmMemory } from './cap-wasm-memory.ts';

/** The JavaScript half of the engine, in its package for bundlers: it works with any instance. */
interface Glue {
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
  readonly Environment: new () => Handle;
}

/** Detaches the pointer, so that the garbage collector does not free it in a different instance. */
interface Handle extends Environment {
  __destroy_into_raw(): number;
}

type Exports = WebAssembly.Exports & { readonly memory: WebAssembly.Memory };

/** One instance of the template engine with one environment. Synchronous. */
export interface JinjaEngine {
  /** @throws what the engine throws; after a WebAssembly.RuntimeError or a RangeError it is no longer usable */
  use<T>(act: (environment: Environment) => T): T;
  /** Allocated memory in bytes; it never shrinks. */
  memoryBytes(): number;
  /** Releases the engine. It must not be used afterwards. */
  close(): void;
}

const require = createRequire(import.meta.url);
const PACKAGE = 'minijinja-js/dist/bundler/minijinja_js_bg';

let glue: Glue | undefined;
let activeExports: Exports | undefined;
/** By the maximum memory of an instance. */
const modules = new Map<number, WebAssembly.Module>();

/** A new instance of MiniJinja. The limit includes its data and its output. */
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

/** The glue caches views of the last memory, and drops them once they are detached, which growing the memory does. */
function activate(to: Glue, exports: Exports): void {
  if (activeExports === exports) return;
  activeExports?.memory.grow(0);
  activeExports = exports;
  to.__wbg_set_wasm(exports);
}

function cappedModule(maxBytes: number): WebAssembly.Module {
  const cached = modules.get(maxBytes);
  if (cached) return cached;
  const module = new WebAssembly.Module(capWasmMemory(readFileSync(require.resolve(`${PACKAGE}.wasm`)), maxBytes));
  modules.set(maxBytes, module);
  return module;
}

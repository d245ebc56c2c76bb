import { LRUCache } from 'lru-cache';
import { Fault } from '../../core/errors.ts';
import { createJinjaEngine, type JinjaEngine } from '../../lib/jinja-engine.ts';
import type { Json } from '../../lib/json.ts';

/** Memory of an expression, its variables included. */
const MAX_MEMORY_BYTES = 64 * 2 ** 20;
/** An instance never returns memory, so one that uses more than this is replaced. */
const MAX_REUSE_BYTES = 16 * 2 ** 20;
/** Instructions of the engine; a typical expression takes a few dozen. */
const MAX_FUEL = 100_000;
/** Compiled expressions in the cache. */
const MAX_COMPILED_EXPRESSIONS = 1_000;

interface EngineInstance {
  readonly engine: JinjaEngine;
  /** Source → the name of its template. */
  readonly compiled: LRUCache<string, string>;
}

let instance: EngineInstance | undefined;
let templateCount = 0;

/**
 * The value of an expression, evaluated synchronously in this thread.
 * @throws Fault BAD_INPUT that names the expression, RESOURCE_TOO_LARGE when it needs too much memory
 */
export function runExpression(source: string, variables: Readonly<Record<string, unknown>>): Json {
  const scope = { ...variables };
  const text = withEngine(source, scope, ({ engine, compiled }) => {
    const name = compiled.get(source) ?? compile(source, { engine, compiled });
    return engine.use((environment) => environment.renderTemplate(name, scope));
  });
  if (text === '') {
    throw new Fault('BAD_INPUT', `{{ ${source} }} is not defined. Give it a value, or a default: | default("").`);
  }
  return JSON.parse(text) as Json;
}

/**
 * Checks the syntax of an expression, without evaluating it.
 * @throws Fault BAD_INPUT that names the expression
 */
export function checkExpression(source: string): void {
  withEngine(source, {}, (engine) => engine.compiled.has(source) || compile(source, engine));
}

function compile(source: string, { engine, compiled }: EngineInstance): string {
  templateCount += 1;
  const name = `e${templateCount}`;
  // As JSON text, because in the engine's own objects a key `__proto__` would change the prototype.
  const template = `{% set it = (${source}) %}{% if it is defined %}{{ it | tojson }}{% endif %}`;
  engine.use((environment) => environment.addTemplate(name, template));
  compiled.set(source, name);
  return name;
}

function withEngine<T>(source: string, variables: Record<string, unknown>, act: (engine: EngineInstance) => T): T {
  instance ??= createInstance();
  const current = instance;
  try {
    return act(current);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
      discard(current);
      // The bindings may still refer to the object.
      for (const name of Object.keys(variables)) delete variables[name];
    }
    throw faultOf(source, error);
  } finally {
    if (current.engine.memoryBytes() > MAX_REUSE_BYTES) discard(current);
  }
}

function createInstance(): EngineInstance {
  const engine = createJinjaEngine(MAX_MEMORY_BYTES);
  engine.use((environment) => {
    environment.undefinedBehavior = 'strict';
    environment.fuel = MAX_FUEL;
  });
  const compiled = new LRUCache<string, string>({
    max: MAX_COMPILED_EXPRESSIONS,
    dispose: (name) => engine.use((environment) => environment.removeTemplate(name)),
  });
  return { engine, compiled };
}

function discard(current: EngineInstance): void {
  if (instance !== current) return;
  current.engine.close();
  instance = undefined;
}

function faultOf(source: string, error: unknown): unknown {
  const what = `{{ ${source} }}`;
  if (error instanceof WebAssembly.RuntimeError) {
    const limit = `${MAX_MEMORY_BYTES / 2 ** 20} MiB`;
    const message = `${what} needs more than the ${limit} of memory that an expression may use. Use a transform step.`;
    return new Fault('RESOURCE_TOO_LARGE', message, { cause: error });
  }
  if (error instanceof RangeError) return new Fault('BAD_INPUT', `${what} is nested too deeply. Split it.`);
  if (error instanceof Fault || !(error instanceof Error)) return error;
  const why = (error.message.split('\n')[0] ?? '').replace(/ \(in e[0-9]+:[0-9]+\)$/, '').slice(0, 300);
  if (why.includes('ran out of fuel')) {
    return new Fault('BAD_INPUT', `${what} needs more than ${MAX_FUEL} instructions. Use a transform step.`);
  }
  return new Fault('BAD_INPUT', `${what} cannot be evaluated: ${why}. Correct the expression.`);
}

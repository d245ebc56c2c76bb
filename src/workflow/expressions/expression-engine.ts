import { LRUCache } from 'lru-cache';
import { Fault } from '../../core/errors.ts';
import { createJinjaEngine, type JinjaEngine } from '../../lib/jinja-engine.ts';
import type { Json } from '../../lib/json.ts';

/** What an expression may hold in memory, with what it works on. */
const MAX_MEMORY_BYTES = 64 * 2 ** 20;
/** An instance never gives memory back, so one that took this much is left for a new one. */
const MAX_REUSE_BYTES = 16 * 2 ** 20;
/** Instructions of the engine; an expression of common length takes a few dozen. */
const MAX_FUEL = 100_000;
/** Expressions that are kept compiled. */
const MAX_COMPILED_EXPRESSIONS = 1_000;

interface EngineInstance {
  readonly engine: JinjaEngine;
  /** Source → the name of its template. */
  readonly compiled: LRUCache<string, string>;
}

let instance: EngineInstance | undefined;
let templateCount = 0;

/**
 * The value of an expression, in this thread and at once.
 * @throws Fault BAD_INPUT that names the expression, RESOURCE_TOO_LARGE when it takes too much memory
 */
export function runExpression(source: string, variables: Readonly<Record<string, unknown>>): Json {
  const given = { ...variables };
  const text = withEngine(source, given, ({ engine, compiled }) => {
    const name = compiled.get(source) ?? compile(source, { engine, compiled });
    return engine.use((environment) => environment.renderTemplate(name, given));
  });
  if (text === '') {
    throw new Fault('BAD_INPUT', `{{ ${source} }} is not defined. Give it a value, or a default: | default("").`);
  }
  return JSON.parse(text) as Json;
}

/**
 * Finds out whether it is an expression, without working it out.
 * @throws Fault BAD_INPUT that names the expression
 */
export function checkExpression(source: string): void {
  withEngine(source, {}, (engine) => engine.compiled.has(source) || compile(source, engine));
}

function compile(source: string, { engine, compiled }: EngineInstance): string {
  templateCount += 1;
  const name = `e${templateCount}`;
  // As JSON text, because the engine's own objects would take a key `__proto__` for what it is in JavaScript.
  const template = `{% set it = (${source}) %}{% if it is defined %}{{ it | tojson }}{% endif %}`;
  engine.use((environment) => environment.addTemplate(name, template));
  compiled.set(source, name);
  return name;
}

function withEngine<T>(source: string, given: Record<string, unknown>, act: (live: EngineInstance) => T): T {
  instance ??= createInstance();
  const used = instance;
  try {
    return act(used);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
      discard(used);
      // The glue may still hold on to the object.
      for (const name of Object.keys(given)) delete given[name];
    }
    throw faultOf(source, error);
  } finally {
    if (used.engine.memoryBytes() > MAX_REUSE_BYTES) discard(used);
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

function discard(used: EngineInstance): void {
  if (instance !== used) return;
  used.engine.close();
  instance = undefined;
}

function faultOf(source: string, error: unknown): unknown {
  const what = `{{ ${source} }}`;
  if (error instanceof WebAssembly.RuntimeError) {
    const limit = `${MAX_MEMORY_BYTES / 2 ** 20} MiB`;
    const message = `${what} takes more than the ${limit} of memory that an expression may have. Use a transform step.`;
    return new Fault('RESOURCE_TOO_LARGE', message, { cause: error });
  }
  if (error instanceof RangeError) return new Fault('BAD_INPUT', `${what} nests too deeply. Take it apart.`);
  if (error instanceof Fault || !(error instanceof Error)) return error;
  const why = (error.message.split('\n')[0] ?? '').replace(/ \(in e[0-9]+:[0-9]+\)$/, '').slice(0, 300);
  if (why.includes('ran out of fuel')) {
    return new Fault('BAD_INPUT', `${what} takes more than ${MAX_FUEL} instructions. Use a transform step.`);
  }
  return new Fault('BAD_INPUT', `${what} cannot be worked out: ${why}. Correct the expression.`);
}

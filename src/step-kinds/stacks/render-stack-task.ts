import { Fault } from '../../core/errors.ts';
import { createJinjaEngine } from '../../lib/jinja-engine.ts';

export interface RenderRequest {
  readonly templates: readonly { readonly name: string; readonly source: string }[];
  /** Names of templates to render, in this order. */
  readonly wanted: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
}

const MAX_MEMORY_BYTES = 64 * 2 ** 20;
const FUEL = 5_000_000;

/**
 * A worker's task: renders templates of files, which may import each other. Nothing is escaped automatically: names in
 * the data are safe everywhere, and texts must go through `tojson`. An unknown name is an error.
 */
export function run({ templates, wanted, data }: RenderRequest): readonly string[] {
  const engine = createJinjaEngine(MAX_MEMORY_BYTES);
  try {
    return engine.use((environment) => {
      environment.trimBlocks = true;
      environment.lstripBlocks = true;
      environment.keepTrailingNewline = true;
      environment.undefinedBehavior = 'strict';
      for (const { name, source } of templates) environment.addTemplate(withoutEscaping(name), source);
      return wanted.map((name) => {
        environment.fuel = FUEL;
        return environment.renderTemplate(withoutEscaping(name), data);
      });
    });
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new Fault('UNAVAILABLE', `A template of this stack fails: ${why.slice(0, 300)}. Fix it in STACKS_DIR.`);
  } finally {
    engine.close();
  }
}

/** The engine escapes by the end of a name, and code is neither HTML nor a JSON value. What has no end is imported as it is. */
function withoutEscaping(name: string): string {
  return name.includes('.') ? `${name}.txt` : name;
}

import { Fault } from '../../core/errors.ts';
import { createJinjaEngine } from '../../lib/jinja-engine.ts';

export interface RenderRequest {
  readonly templates: readonly { readonly name: string; readonly source: string }[];
  /** Names of the templates to render; the texts are in the same order. */
  readonly names: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
}

const MAX_MEMORY_BYTES = 64 * 2 ** 20;
const FUEL = 5_000_000;

/**
 * Task of a worker: renders templates, which may import each other. Nothing is escaped automatically: names in the data
 * are safe everywhere, and texts must go through `tojson`. An unknown name is an error.
 */
export function run({ templates, names, data }: RenderRequest): readonly string[] {
  const engine = createJinjaEngine(MAX_MEMORY_BYTES);
  try {
    return engine.use((environment) => {
      environment.trimBlocks = true;
      environment.lstripBlocks = true;
      environment.keepTrailingNewline = true;
      environment.undefinedBehavior = 'strict';
      for (const { name, source } of templates) environment.addTemplate(withoutEscaping(name), source);
      return names.map((name) => {
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

/** The engine chooses how to escape by the extension of a name; `.txt` is not escaped. Names without one are unchanged. */
function withoutEscaping(name: string): string {
  return name.includes('.') ? `${name}.txt` : name;
}

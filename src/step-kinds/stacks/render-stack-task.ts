import { Fault } from '../../core/errors.ts';
import { type Mapping, renderJinjaTemplate } from '../../lib/jinja/jinja.ts';

export interface RenderRequest {
  readonly templates: readonly { readonly name: string; readonly source: string }[];
  /** Names of the templates to render; the texts are in the same order. */
  readonly names: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
}

const OPTIONS = {
  ...{ trimBlocks: true, lstripBlocks: true, keepTrailingNewline: true },
  ...{ autoescape: false, strict: true },
  ...{ maxSteps: 5_000_000, maxBytes: 64 * 2 ** 20 },
};

/**
 * Task of a worker: renders templates, which may import each other. Nothing is escaped automatically: names in the data
 * are safe everywhere, and texts must go through `tojson`. An unknown name is an error.
 */
export function run({ templates, names, data }: RenderRequest): readonly string[] {
  const sources = new Map(templates.map(({ name, source }) => [name, source]));
  try {
    return names.map((name) => renderJinjaTemplate(sources, name, data as Mapping, OPTIONS));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Fault('UNAVAILABLE', `A template of this stack fails: ${why.slice(0, 300)}. Fix it in STACKS_DIR.`);
  }
}

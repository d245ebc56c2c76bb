import type { BigJson } from '../../core/parse-json.ts';
import type { Json, JsonObject } from '../../lib/json.ts';

/** A step as expressions see it. */
export interface StepView {
  /** Its output as JSON; `{uri, media_type, size}` when the output is not JSON. Null until there is one. */
  readonly output: BigJson;
  readonly resource: { readonly uri: string; readonly media_type: string; readonly size: number } | null;
  /** The resource with its content, where that is small: as `json`, `text` or `base64`. Only where an expression refers to it. */
  readonly content?: JsonObject | null;
  readonly state: string;
  readonly error: { readonly code: string; readonly message: string } | null;
  /** Of a `for_each` with `on_item_failure: collect`: one entry for each failed item. */
  readonly errors?: readonly { readonly index: number; readonly code: string; readonly message: string }[];
}

/** The names that expressions can refer to, with their values. */
export interface ExpressionScope {
  readonly inputs: JsonObject;
  readonly steps: Readonly<Record<string, StepView>>;
  readonly run: { readonly id: string; readonly labels: JsonObject };
  readonly item?: BigJson;
  readonly index?: number;
  /** For a step that runs again to repair another one: what went wrong there. */
  readonly repair?: {
    readonly step: string;
    readonly round: number;
    readonly error: Json;
    readonly logs: readonly string[];
  };
}

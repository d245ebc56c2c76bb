import type { Json, JsonObject } from '../../lib/json.ts';

/** What expressions see of a step. */
export interface StepView {
  /** JSON of what it made; `{uri, media_type, size}` when that is not JSON. Null before it has. */
  readonly output: Json;
  readonly resource: { readonly uri: string; readonly media_type: string; readonly size: number } | null;
  /** The resource with what is in it, where it is small: as `json`, `text` or `base64`. Only for who mentions it. */
  readonly content?: JsonObject | null;
  readonly state: string;
  readonly error: { readonly code: string; readonly message: string } | null;
  /** Of a `for_each` that collects: one entry for each item that failed. */
  readonly errors?: readonly { readonly index: number; readonly code: string; readonly message: string }[];
}

/** What expressions see. */
export interface ExpressionScope {
  readonly inputs: JsonObject;
  readonly steps: Readonly<Record<string, StepView>>;
  readonly run: { readonly id: string; readonly labels: JsonObject };
  readonly item?: Json;
  readonly index?: number;
  /** For a step that is done again to mend another one: what was wrong with that. */
  readonly repair?: {
    readonly step: string;
    readonly round: number;
    readonly error: Json;
    readonly logs: readonly string[];
  };
}

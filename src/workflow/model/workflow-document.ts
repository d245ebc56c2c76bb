import type { Effect, PlannedStep, RunPlan, StepKind } from '../../core/run.ts';
import type { Json, JsonObject } from '../../lib/json.ts';

/** What documents may name: everything that a step can do on this server. */
export interface Catalog {
  command(name: string): CatalogEntry | undefined;
  query(name: string): CatalogEntry | undefined;
  tool(name: string): CatalogEntry | undefined;
  /** A kind that has an input of its own: `plan`, `codegen` … in lower case. */
  kind(name: string): CatalogEntry | undefined;
  backend(name: string): CatalogBackend | undefined;
  /** Names that exist, for messages that tell which there are. */
  readonly names: {
    readonly commands: readonly string[];
    readonly queries: readonly string[];
    readonly tools: readonly string[];
    readonly backends: readonly string[];
    readonly pools: readonly string[];
  };
}

/** A way to reach agents. */
export interface CatalogBackend {
  /** JSON Schema 2020-12 of its configuration, names in camelCase; documents write them in snake_case. */
  readonly config: JsonObject;
  /** After a restart it goes on where it was: it may be begun again. */
  readonly resumes: boolean;
}

export interface CatalogEntry {
  readonly effect: Effect;
  readonly title: string;
  /** JSON Schema 2020-12 of an object; `x-signalbox: 'resource'` marks options that take a resource. */
  readonly options: JsonObject;
  /** Made of others, as `pipeline` is; such a command is no step. */
  readonly composite?: true;
  /** It may be cut off and done again, although it acts on the world. */
  readonly idempotent?: true;
}

/** A workflow compiled with its inputs; immutable once a run has it. */
export interface WorkflowPlan {
  readonly name: string;
  readonly goal?: string;
  /** With defaults filled in. */
  readonly inputs: JsonObject;
  /** What its runs are found by. */
  readonly labels: JsonObject;
  readonly steps: readonly PlannedStep[];
  readonly plan: RunPlan;
}

/** Something wrong with a document. Lines and columns count from 1; absent where the document was given as a value. */
export interface Problem {
  readonly severity: 'ERROR' | 'WARNING';
  readonly message: string;
  /** Key of the step. */
  readonly step?: string;
  readonly line?: number;
  readonly column?: number;
}

export interface WorkflowGraph {
  readonly nodes: readonly { readonly key: string; readonly kind: StepKind; readonly title: string }[];
  /** From what is needed to what needs it. */
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

/** When a saved workflow starts by itself. */
export interface ScheduleRule {
  /** Five fields, as crontab(5) has them; or six, with seconds first. */
  readonly cron: string;
  /** IANA name. */
  readonly timeZone: string;
  /** When the run before is not over: leave this one out, start it afterwards, or start it beside. */
  readonly overlap: 'skip' | 'queue' | 'allow';
  /** What is done about the times at which no server ran: nothing, one run, or one for each. */
  readonly catchUp: 'none' | 'one' | 'all';
}

/** A document in the one form that all three are brought to. Whoever has one knows that it compiles with fitting inputs. */
export interface WorkflowDocument {
  readonly name: string;
  readonly description?: string;
  /** The text as it was given; what a document given as a value comes to as YAML. */
  readonly yaml: string;
  /** The value of that text. */
  readonly source: JsonObject;
  /** JSON Schema 2020-12 of what it takes. */
  readonly inputs: JsonObject;
  readonly graph: WorkflowGraph;
  readonly steps: readonly Omit<PlannedStep, 'id'>[];
  readonly schedule?: ScheduleRule;
  /** @throws Fault BAD_INPUT with violations when the inputs do not fit */
  compile(inputs: JsonObject): WorkflowPlan;
}

/** What was read of a source: the document, when nothing of severity ERROR is among the problems. */
export interface ReadResult {
  readonly document?: WorkflowDocument;
  readonly graph?: WorkflowGraph;
  readonly problems: readonly Problem[];
}

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

import type { PlannedStep, Priority, RunPlan, StepKind } from '../../core/run.ts';
import type { JsonObject } from '../../lib/json.ts';

/** A workflow compiled with its inputs; immutable once a run exists. */
export interface WorkflowPlan {
  readonly name: string;
  readonly goal?: string;
  /** With defaults filled in. */
  readonly inputs: JsonObject;
  /** Labels of its runs. */
  readonly labels: JsonObject;
  readonly steps: readonly PlannedStep[];
  readonly plan: RunPlan;
}

/** A problem of a document. Lines and columns count from 1; both are absent when the document is a value, not text. */
export interface Problem {
  readonly severity: 'ERROR' | 'WARNING';
  readonly message: string;
  /** Key of the step. */
  readonly step?: string;
  readonly line?: number;
  readonly column?: number;
}

interface GraphNode {
  readonly key: string;
  readonly kind: StepKind;
  readonly title: string;
  /** Name of the command, query, tool, agent backend or workflow. */
  readonly does?: string;
  /** It has one step for each item of a list. */
  readonly forEach: boolean;
  /** Key of the step that it compensates. */
  readonly undoes?: string;
  /** Key of the step that is repeated when it fails. */
  readonly repairs?: string;
  /** In the text, from 1. */
  readonly line?: number;
}

export interface WorkflowGraph {
  readonly nodes: readonly GraphNode[];
  /** From a step to one that depends on it. */
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

/** When a saved workflow starts automatically. */
export interface ScheduleRule {
  /** Five fields as in crontab(5), or six with seconds first. */
  readonly cron: string;
  /** IANA name. */
  readonly timeZone: string;
  /** While the previous run is still active: skip this one, start it afterwards, or start it in parallel. */
  readonly overlap: 'skip' | 'queue' | 'allow';
  /** For start times that were missed while no server ran: nothing, one run, or one for each. */
  readonly catchUp: 'none' | 'one' | 'all';
}

/** How a delivery of a webhook is verified: as Standard Webhooks has it, as GitHub signs, or by a bearer token. */
export type WebhookScheme = 'standard' | 'github' | 'token';

/** How deliveries of a webhook start a saved workflow. */
export interface WebhookTrigger {
  readonly scheme: WebhookScheme;
  /** Names of secrets of the server, each of which verifies a delivery. */
  readonly secrets: readonly string[];
  /** The input that takes the whole body. Absent: the members of the body are the inputs. */
  readonly body?: string;
  /** The header, in lower case, that an input takes its text from. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A valid document, whichever form it was written in. It compiles with any valid inputs. */
export interface WorkflowDocument {
  readonly name: string;
  readonly description?: string;
  /** The original text; for a document that is a value, that value as YAML. */
  readonly yaml: string;
  /** The value of that text. */
  readonly source: JsonObject;
  /** JSON Schema 2020-12 of its inputs. */
  readonly inputs: JsonObject;
  readonly graph: WorkflowGraph;
  readonly steps: readonly Omit<PlannedStep, 'id'>[];
  readonly schedule?: ScheduleRule;
  readonly webhook?: WebhookTrigger;
  /** Of its runs that are started without one. */
  readonly priority?: Priority;
  /** @throws Fault BAD_INPUT with violations when the inputs are invalid */
  compile(inputs: JsonObject): WorkflowPlan;
}

/** The result of reading a source. There is a document unless a problem is an ERROR. */
export interface ReadResult {
  readonly document?: WorkflowDocument;
  readonly graph?: WorkflowGraph;
  readonly problems: readonly Problem[];
}

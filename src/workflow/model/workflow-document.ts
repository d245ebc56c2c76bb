import type { PlannedStep, RunPlan, StepKind } from '../../core/run.ts';
import type { JsonObject } from '../../lib/json.ts';

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

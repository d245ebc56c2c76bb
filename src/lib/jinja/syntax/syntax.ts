import type { Value } from '../values/values.ts';

export interface ArgumentList {
  readonly positional: readonly Expression[];
  readonly named: readonly (readonly [string, Expression])[];
  /** After `*`. */
  readonly rest?: Expression;
  /** After `**`. */
  readonly namedRest?: Expression;
}

export type Expression =
  | { readonly type: 'constant'; readonly value: Value }
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'list'; readonly items: readonly Expression[] }
  | { readonly type: 'tuple'; readonly items: readonly Expression[] }
  | { readonly type: 'dict'; readonly pairs: readonly (readonly [Expression, Expression])[] }
  | { readonly type: 'negative' | 'positive' | 'not'; readonly operand: Expression }
  | { readonly type: 'arithmetic'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly type: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly type: 'compare'; readonly first: Expression; readonly rest: readonly Comparison[] }
  | { readonly type: 'concat'; readonly parts: readonly Expression[] }
  | {
      readonly type: 'conditional';
      readonly test: Expression;
      readonly consequent: Expression;
      readonly otherwise?: Expression;
    }
  | { readonly type: 'attribute'; readonly object: Expression; readonly name: string }
  | { readonly type: 'item'; readonly object: Expression; readonly key: Expression }
  | { readonly type: 'slice'; readonly object: Expression; readonly bounds: readonly (Expression | undefined)[] }
  | { readonly type: 'call'; readonly callee: Expression; readonly args: ArgumentList }
  | FilterExpression
  | { readonly type: 'test'; readonly name: string; readonly input: Expression; readonly args: ArgumentList };

export interface Comparison {
  readonly operator: string;
  readonly operand: Expression;
}

export interface FilterExpression {
  readonly type: 'filter';
  readonly name: string;
  /** Undefined in `{% filter %}` and `{% set %}` with filters, where it is the text of the block. */
  readonly input: Expression | undefined;
  readonly args: ArgumentList;
}

/** What a loop or `{% set %}` assigns to: a name, names, or a member of a namespace. */
export type Target =
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'tuple'; readonly items: readonly Target[] }
  | { readonly type: 'member'; readonly object: string; readonly name: string };

export interface Parameter {
  readonly name: string;
  readonly fallback?: Expression;
}

export interface MacroDefinition {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[];
  /** Which of `varargs`, `kwargs` and `caller` the body uses; a macro takes no others. */
  readonly takes: ReadonlySet<string>;
}

export type Statement = { readonly line: number } & (
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'output'; readonly value: Expression }
  | { readonly type: 'do'; readonly value: Expression }
  | { readonly type: 'if'; readonly branches: readonly Branch[]; readonly otherwise: readonly Statement[] }
  | LoopStatement
  | { readonly type: 'set'; readonly target: Target; readonly value: Expression }
  | {
      readonly type: 'set-block';
      readonly target: Target;
      readonly filters: readonly FilterExpression[];
      readonly body: readonly Statement[];
    }
  | {
      readonly type: 'with';
      readonly assignments: readonly (readonly [Target, Expression])[];
      readonly body: readonly Statement[];
    }
  | { readonly type: 'macro'; readonly macro: MacroDefinition }
  | { readonly type: 'call'; readonly call: Expression; readonly caller: MacroDefinition }
  | { readonly type: 'filter'; readonly filters: readonly FilterExpression[]; readonly body: readonly Statement[] }
  | BlockStatement
  | { readonly type: 'extends'; readonly template: Expression }
  | {
      readonly type: 'include';
      readonly template: Expression;
      readonly ignoreMissing: boolean;
      readonly withContext: boolean;
    }
  | { readonly type: 'import'; readonly template: Expression; readonly name: string; readonly withContext: boolean }
  | {
      readonly type: 'from';
      readonly template: Expression;
      readonly names: readonly (readonly [string, string])[];
      readonly withContext: boolean;
    }
  | { readonly type: 'autoescape'; readonly enabled: Expression; readonly body: readonly Statement[] }
  | { readonly type: 'break' | 'continue' }
);

export interface Branch {
  readonly test: Expression;
  readonly body: readonly Statement[];
}

export interface LoopStatement {
  readonly type: 'for';
  readonly target: Target;
  readonly iterable: Expression;
  readonly test?: Expression;
  readonly recursive: boolean;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[];
  readonly line: number;
}

export interface BlockStatement {
  readonly type: 'block';
  readonly name: string;
  readonly scoped: boolean;
  readonly required: boolean;
  readonly body: readonly Statement[];
  readonly line: number;
}

export interface Template {
  readonly name: string;
  readonly body: readonly Statement[];
  readonly blocks: ReadonlyMap<string, BlockStatement>;
}

/** How text around tags is treated. */
export interface Whitespace {
  /** A line break after a tag of a statement is dropped. */
  readonly trimBlocks?: boolean;
  /** Spaces and tabs before a tag of a statement are dropped where nothing else is before it on its line. */
  readonly lstripBlocks?: boolean;
  /** A line break at the end of a template is kept. */
  readonly keepTrailingNewline?: boolean;
}

import { applyFilter, FILTERS } from './filters/filters.ts';
import { applyTest } from './filters/tests.ts';
import type { BlockStatement, Template } from './syntax/syntax.ts';
import type { Budget } from './values/budget.ts';
import type { Context } from './values/context.ts';
import { type Args, getKey, type Mapping, type Value } from './values/values.ts';

/** Names that can be seen from one place. */
export class Scope {
  readonly variables = new Map<string, Value>();
  readonly #parent: Scope | undefined;
  readonly #given: Mapping | undefined;

  /** @param given variables that are not copied */
  constructor(parent?: Scope, given?: Mapping) {
    this.#parent = parent;
    this.#given = given;
  }

  get(name: string): Value | undefined {
    for (let scope: Scope | undefined = this; scope; scope = scope.#parent) {
      const value = scope.variables.get(name);
      if (value !== undefined) return value;
      const given = scope.#given && getKey(scope.#given, name);
      if (given !== undefined) return given;
    }
    return undefined;
  }
}

/** Text that is written, unless it is silent: after `{% extends %}`, the parent writes. */
export class Output {
  readonly #parts: string[] = [];
  isSilent = false;

  write(text: string, budget: Budget): void {
    if (this.isSilent || text === '') return;
    budget.bytes(text.length);
    this.#parts.push(text);
  }

  get text(): string {
    return this.#parts.join('');
  }
}

/** One rendering, with all templates that take part in it. */
export interface Rendering {
  readonly budget: Budget;
  readonly strict: boolean;
  /** @throws JinjaError for a template that does not exist, or is not valid */
  readonly load: (name: string) => Template;
  /** The statement that runs, for messages. */
  template: string;
  line: number;
}

/** A template that is being rendered, with those that extend it. */
export interface Inheritance {
  /** By the name of the block, from the template that is rendered up to the last parent. */
  readonly blocks: Map<string, BlockStatement[]>;
  /** Set once `{% extends %}` was reached. */
  parent?: Template;
}

/** Where an expression or a statement is evaluated. */
export class Frame implements Context {
  readonly rendering: Rendering;
  readonly scope: Scope;
  /** The scope of the template, which blocks see. */
  readonly top: Scope;
  readonly out: Output;
  readonly autoescape: boolean;
  readonly inheritance: Inheritance;
  readonly template: string;

  constructor(parts: Omit<Frame, 'budget' | 'strict' | 'with' | 'applyFilter' | 'applyTest' | 'hasFilter'>) {
    this.rendering = parts.rendering;
    this.scope = parts.scope;
    this.top = parts.top;
    this.out = parts.out;
    this.autoescape = parts.autoescape;
    this.inheritance = parts.inheritance;
    this.template = parts.template;
  }

  get budget(): Budget {
    return this.rendering.budget;
  }

  get strict(): boolean {
    return this.rendering.strict;
  }

  with(changes: Partial<Pick<Frame, 'scope' | 'top' | 'out' | 'autoescape' | 'inheritance' | 'template'>>): Frame {
    return new Frame({
      rendering: this.rendering,
      scope: changes.scope ?? this.scope,
      top: changes.top ?? this.top,
      out: changes.out ?? this.out,
      autoescape: changes.autoescape ?? this.autoescape,
      inheritance: changes.inheritance ?? this.inheritance,
      template: changes.template ?? this.template,
    });
  }

  applyFilter(name: string, input: Value, args: Args): Value {
    return applyFilter(name, input, args, this);
  }

  hasFilter(name: string): boolean {
    return FILTERS.has(name);
  }

  applyTest(name: string, input: Value, args: Args): boolean {
    return applyTest(name, input, args, this);
  }
}

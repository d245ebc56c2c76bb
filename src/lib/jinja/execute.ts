import { evaluate, evaluateArguments } from './evaluate.ts';
import { type Frame, Output, Scope } from './frame.ts';
import { Loop } from './functions.ts';
import { callMacro, macroOf } from './macros.ts';
import type { BlockStatement, FilterExpression, LoopStatement, Statement, Target, Template } from './syntax/syntax.ts';
import { itemsOf } from './values/compare.ts';
import { JinjaError } from './values/errors.ts';
import { toMarkup, toText } from './values/print.ts';
import {
  type Args,
  Callable,
  isList,
  isText,
  isTruthy,
  kindOf,
  Markup,
  Members,
  textOf,
  Undefined,
  type Value,
} from './values/values.ts';

/** How statements ended early. */
type Jump = 'break' | 'continue' | undefined;

/** @throws JinjaError */
function execute(statements: readonly Statement[], frame: Frame): Jump {
  for (const statement of statements) {
    frame.budget.step();
    frame.rendering.line = statement.line;
    frame.rendering.template = frame.template;
    const jump = executeOne(statement, frame);
    if (jump) return jump;
  }
  return undefined;
}

function executeOne(statement: Statement, frame: Frame): Jump {
  switch (statement.type) {
    case 'text':
      frame.out.write(statement.text, frame.budget);
      return undefined;
    case 'output':
      write(evaluate(statement.value, frame), frame);
      return undefined;
    case 'do':
      evaluate(statement.value, frame);
      return undefined;
    case 'if': {
      const branch = statement.branches.find(({ test }) => isTruthy(evaluate(test, frame)));
      return execute(branch ? branch.body : statement.otherwise, frame);
    }
    case 'for':
      executeLoop(statement, evaluate(statement.iterable, frame), frame, 0);
      return undefined;
    case 'set':
      assign(statement.target, evaluate(statement.value, frame), frame);
      return undefined;
    case 'set-block':
      assign(statement.target, filtered(capture(statement.body, frame), statement.filters, frame), frame);
      return undefined;
    case 'with': {
      const inner = frame.with({ scope: new Scope(frame.scope) });
      // All values are evaluated outside.
      for (const [target, value] of statement.assignments) assign(target, evaluate(value, frame), inner);
      return execute(statement.body, inner);
    }
    case 'macro':
      frame.scope.variables.set(statement.macro.name, macroOf(statement.macro, frame, capture));
      return undefined;
    case 'call': {
      const { call } = statement;
      if (call.type !== 'call') return undefined;
      const args = evaluateArguments(call.args, frame);
      const caller = macroOf(statement.caller, frame, capture);
      write(callMacro(evaluate(call.callee, frame), args, caller), frame);
      return undefined;
    }
    case 'filter':
      write(filtered(capture(statement.body, frame), statement.filters, frame), frame);
      return undefined;
    case 'block':
      if (!frame.inheritance.parent) executeBlock(statement.name, 0, frame, statement.scoped);
      return undefined;
    case 'extends':
      extend(textOf(evaluate(statement.template, frame)) ?? '', frame);
      return undefined;
    case 'include':
      include(statement, evaluate(statement.template, frame), frame);
      return undefined;
    case 'import':
      frame.scope.variables.set(statement.name, importModule(statement, evaluate(statement.template, frame), frame));
      return undefined;
    case 'from': {
      const module = importModule(statement, evaluate(statement.template, frame), frame);
      for (const [name, as] of statement.names) {
        const value = module.attribute(name);
        const missing = new Undefined(`the template exports no ${name}`, frame.strict);
        frame.scope.variables.set(as, value === undefined ? missing : value);
      }
      return undefined;
    }
    case 'autoescape':
      return execute(statement.body, frame.with({ autoescape: isTruthy(evaluate(statement.enabled, frame)) }));
    case 'break':
    case 'continue':
      return statement.type;
  }
}

function write(value: Value, { out, budget, autoescape }: Frame): void {
  out.write(autoescape ? toMarkup(value, budget) : toText(value, budget), budget);
}

/** What the statements write, as a value. They see what is around them, and what they assign ends with them. */
function capture(statements: readonly Statement[], frame: Frame, scope = new Scope(frame.scope)): Value {
  const out = new Output();
  execute(statements, frame.with({ out, scope }));
  return frame.autoescape ? new Markup(out.text) : out.text;
}

function filtered(value: Value, filters: readonly FilterExpression[], frame: Frame): Value {
  return filters.reduce(
    (input, { name, args }) => frame.applyFilter(name, input, evaluateArguments(args, frame)),
    value,
  );
}

function assign(target: Target, value: Value, frame: Frame): void {
  if (target.type === 'name') {
    frame.scope.variables.set(target.name, value);
  } else if (target.type === 'member') {
    const object = frame.scope.get(target.object);
    if (!(object instanceof Members) || object.kind !== 'namespace') {
      throw new JinjaError(`${target.object} is not a namespace, so its members cannot be set`);
    }
    object.members.set(target.name, value);
  } else {
    const items = itemsOf(value, frame.budget);
    if (items.length !== target.items.length) {
      throw new JinjaError(`${target.items.length} names cannot take ${items.length} values`);
    }
    for (const [i, one] of target.items.entries()) assign(one, items[i] as Value, frame);
  }
}

function executeLoop(loop: LoopStatement, iterable: Value, frame: Frame, depth: number): void {
  const { target, test, body } = loop;
  let items = itemsOf(iterable, frame.budget);
  if (test) {
    frame.budget.entries(items.length);
    items = items.filter((item) => {
      const inner = frame.with({ scope: new Scope(frame.scope) });
      assign(target, item, inner);
      return isTruthy(evaluate(test, inner));
    });
  }
  if (items.length === 0) {
    execute(loop.otherwise, frame.with({ scope: new Scope(frame.scope) }));
    return;
  }
  const recurse = ({ positional: [again = []] }: Args) =>
    frame.budget.nested(() => {
      const out = new Output();
      executeLoop(loop, again, frame.with({ out }), depth + 1);
      return frame.autoescape ? new Markup(out.text) : out.text;
    });
  const state = new Loop(items, depth, loop.recursive ? recurse : undefined);
  const around = new Scope(frame.scope);
  around.variables.set('loop', state);
  for (let at = 0; at < items.length; at += 1) {
    frame.budget.step();
    state.at = at;
    const inner = frame.with({ scope: new Scope(around) });
    assign(target, items[at] as Value, inner);
    if (execute(body, inner) === 'break') return;
  }
}

/** Renders a template and those that it extends. */
export function renderTemplate(template: Template, frame: Frame): void {
  const inheritance = { blocks: new Map(), parent: undefined as Template | undefined };
  let current: Template | undefined = template;
  const self = new Members('self', new Map());
  frame.top.variables.set('self', self);
  while (current) {
    for (const [name, block] of current.blocks) {
      const overridden: BlockStatement[] = inheritance.blocks.get(name) ?? [];
      inheritance.blocks.set(name, [...overridden, block]);
    }
    inheritance.parent = undefined;
    const inner: Frame = frame.with({ inheritance: inheritance as Frame['inheritance'], template: current.name });
    for (const name of current.blocks.keys())
      self.members.set(name, new Callable(name, () => captureBlock(name, 0, inner)));
    frame.out.isSilent = false;
    const { body } = current;
    frame.budget.nested(() => execute(body, inner));
    current = inheritance.parent;
  }
  frame.out.isSilent = false;
}

function extend(name: string, frame: Frame): void {
  if (frame.inheritance.parent) throw new JinjaError('a template extends one other');
  frame.inheritance.parent = frame.rendering.load(name);
  frame.out.isSilent = true;
}

/** The block as the template that is furthest from the parent defines it, and for `super()` those before. */
function executeBlock(name: string, level: number, frame: Frame, isScoped: boolean): void {
  const block = frame.inheritance.blocks.get(name)?.[level];
  if (!block) throw new JinjaError(`the block ${name} has no parent`);
  if (block.required) throw new JinjaError(`the block ${name} is required`);
  const scope = new Scope(isScoped ? frame.scope : frame.top);
  const inner = frame.with({ scope });
  scope.variables.set('super', new Callable('super', () => captureBlock(name, level + 1, inner)));
  frame.budget.nested(() => execute(block.body, inner));
}

function captureBlock(name: string, level: number, frame: Frame): Value {
  const out = new Output();
  executeBlock(name, level, frame.with({ out }), true);
  return frame.autoescape ? new Markup(out.text) : out.text;
}

function include(
  { ignoreMissing, withContext }: Extract<Statement, { type: 'include' }>,
  template: Value,
  frame: Frame,
): void {
  const names = isList(template) ? template : [template];
  for (const [i, name] of names.entries()) {
    if (!isText(name)) throw new JinjaError(`a template is included by its name, not by ${kindOf(name)}`);
    try {
      const found = frame.rendering.load(textOf(name) ?? '');
      const top = withContext ? new Scope(frame.scope) : new Scope();
      frame.budget.nested(() => renderTemplate(found, frame.with({ scope: top, top })));
      return;
    } catch (error) {
      const isMissing = error instanceof MissingTemplateError;
      if (!isMissing || (i === names.length - 1 && !ignoreMissing)) throw error;
    }
  }
}

/** No template has this name. */
export class MissingTemplateError extends JinjaError {
  constructor(name: string) {
    super(`template not found: ${JSON.stringify(name.slice(0, 100))}`);
  }
}

function importModule({ withContext }: { readonly withContext: boolean }, template: Value, frame: Frame): Members {
  const found = frame.rendering.load(textOf(template) ?? '');
  const top = withContext ? new Scope(frame.scope) : new Scope();
  frame.budget.nested(() => renderTemplate(found, frame.with({ scope: top, top, out: new Output() })));
  const exported = [...top.variables].filter(([name]) => name !== 'self' && !name.startsWith('_'));
  return new Members('module', new Map(exported));
}

import { evaluate } from './evaluate.ts';
import { type Frame, Scope } from './frame.ts';
import type { MacroDefinition, Statement } from './syntax/syntax.ts';
import { JinjaError } from './values/errors.ts';
import { type Args, Callable, kindOf, Tuple, Undefined, type Value } from './values/values.ts';

type Capture = (statements: readonly Statement[], frame: Frame, scope: Scope) => Value;

/** A macro, or the body of a `{% call %}`, with what is visible where it is defined. */
export function macroOf(macro: MacroDefinition, frame: Frame, capture: Capture): Callable {
  return new Callable(macro.name, (args) =>
    frame.budget.nested(() => {
      const scope = new Scope(frame.scope);
      bind(macro, args, frame.with({ scope }));
      return capture(macro.body, frame, scope);
    }),
  );
}

/** Calls a macro with a `caller`. */
export function callMacro(macro: Value, { positional, named }: Args, caller: Callable): Value {
  if (!(macro instanceof Callable)) {
    throw new JinjaError(macro instanceof Undefined ? macro.message : `${kindOf(macro)} cannot be called`);
  }
  return macro.call({ positional, named: new Map<string, Value>([...named, ['caller', caller]]) });
}

function bind({ name, parameters, takes }: MacroDefinition, { positional, named }: Args, frame: Frame): void {
  const { variables } = frame.scope;
  const rest = new Map(named);
  for (const [i, parameter] of parameters.entries()) {
    const value = i < positional.length ? positional[i] : rest.get(parameter.name);
    if (i >= positional.length) rest.delete(parameter.name);
    if (value !== undefined) variables.set(parameter.name, value);
    else if (parameter.fallback) variables.set(parameter.name, evaluate(parameter.fallback, frame));
    else variables.set(parameter.name, new Undefined(`the parameter '${parameter.name}' is undefined`, frame.strict));
  }
  const caller = rest.get('caller');
  if (caller !== undefined && takes.has('caller')) {
    variables.set('caller', caller);
    rest.delete('caller');
  }
  if (takes.has('varargs')) variables.set('varargs', Tuple.copy(positional.slice(parameters.length)));
  else if (positional.length > parameters.length) {
    throw new JinjaError(
      `the macro ${name} takes at most ${parameters.length} arguments, and got ${positional.length}`,
    );
  }
  if (takes.has('kwargs')) variables.set('kwargs', new Map(rest));
  else for (const other of rest.keys()) throw new JinjaError(`the macro ${name} takes no argument ${other}`);
}

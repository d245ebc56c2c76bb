import { JinjaError } from '../values/errors.ts';
import { JinjaObject } from '../values/values.ts';
import { lexExpression, lexTemplate } from './lexer.ts';
import { parseExpression, parseFilterName, parseFilters, parseOr, parseTuple } from './parse-expression.ts';
import type {
  BlockStatement,
  Branch,
  Expression,
  MacroDefinition,
  Parameter,
  Statement,
  Target,
  Template,
  Whitespace,
} from './syntax.ts';
import { TokenStream } from './token-stream.ts';

/** @throws JinjaError */
export function parseTemplate(name: string, source: string, whitespace: Whitespace = {}): Template {
  const parser = new TemplateParser(new TokenStream(lexTemplate(source, whitespace)));
  return { name, body: parser.body(), blocks: parser.blocks };
}

/** One expression, without braces. @throws JinjaError */
export function parseExpressionText(source: string): Expression {
  const stream = new TokenStream(lexExpression(source));
  const expression = parseExpression(stream);
  if (stream.current.type !== 'eof') throw stream.unexpected('the end');
  return expression;
}

/** Names that a template cannot assign. */
const RESERVED = ['true', 'false', 'none', 'True', 'False', 'None'];

class TemplateParser {
  readonly blocks = new Map<string, BlockStatement>();
  readonly #stream: TokenStream;
  #loops = 0;

  constructor(stream: TokenStream) {
    this.#stream = stream;
  }

  /** Up to a tag with one of the names, which is then the current token; without names up to the end. */
  body(...ends: readonly string[]): readonly Statement[] {
    const stream = this.#stream;
    const statements: Statement[] = [];
    for (;;) {
      const { type, text, line } = stream.current;
      if (type === 'eof') {
        if (ends.length > 0) throw stream.error(`expected {% ${ends.join(' or ')} %}, found the end`);
        return statements;
      }
      stream.next();
      if (type === 'text') statements.push({ type: 'text', text, line });
      else if (type === 'open') {
        statements.push({ type: 'output', value: parseTuple(stream), line });
        stream.expect('close', '}}');
      } else {
        if (stream.isName(...ends)) return statements;
        const statement = stream.nested(() => this.#statement(line));
        if (statement) statements.push(statement);
      }
    }
  }

  #statement(line: number): Statement | undefined {
    const stream = this.#stream;
    const name = stream.expect('name', 'the name of a statement').text;
    const statement = this.#named(name, line);
    stream.expect('end', 'the end of the tag');
    return statement;
  }

  #named(name: string, line: number): Statement {
    const stream = this.#stream;
    switch (name) {
      case 'for':
        return this.#for(line);
      case 'if':
        return this.#if(line);
      case 'set':
        return this.#set(line);
      case 'block':
        return this.#block(line);
      case 'with':
        return this.#with(line);
      case 'macro': {
        const name = stream.expect('name', 'a name').text;
        return { type: 'macro', macro: this.#macro(name, this.#parameters(), 'endmacro'), line };
      }
      case 'call': {
        const parameters = stream.isSign('(') ? this.#parameters() : [];
        const call = parseExpression(stream);
        if (call.type !== 'call') throw stream.error('call needs a call of a macro');
        return { type: 'call', call, caller: this.#macro('caller', parameters, 'endcall'), line };
      }
      case 'filter': {
        const filters = [parseFilterName(stream, undefined), ...parseFilters(stream)];
        return { type: 'filter', filters, body: this.#blockBody('endfilter'), line };
      }
      case 'print':
        return { type: 'output', value: parseTuple(stream), line };
      case 'do':
        return { type: 'do', value: parseTuple(stream), line };
      case 'extends':
        return { type: 'extends', template: parseExpression(stream), line };
      case 'include':
        return this.#include(line);
      case 'import': {
        const template = parseExpression(stream);
        stream.expectKeyword('as');
        const as = stream.expect('name', 'a name').text;
        return { type: 'import', template, name: as, withContext: this.#context(false), line };
      }
      case 'from':
        return this.#from(line);
      case 'autoescape':
        return { type: 'autoescape', enabled: parseExpression(stream), body: this.#blockBody('endautoescape'), line };
      case 'break':
      case 'continue':
        if (this.#loops === 0) throw stream.error(`${name} is not in a loop`);
        return { type: name, line };
      default:
        throw new JinjaError(`syntax error: unknown statement ${name}`, { line });
    }
  }

  /** What follows the opening tag, and the name of the closing tag. */
  #blockBody(end: string): readonly Statement[] {
    this.#stream.expect('end', 'the end of the tag');
    const body = this.body(end);
    this.#stream.next();
    return body;
  }

  #macro(name: string, parameters: readonly Parameter[], end: string): MacroDefinition {
    const body = this.#blockBody(end);
    return { name, parameters, body, takes: new Set(SPECIAL_NAMES.filter((special) => uses(body, special))) };
  }

  #for(line: number): Statement {
    const stream = this.#stream;
    const target = this.#target();
    stream.expectKeyword('in');
    const iterable = parseTuple(stream, parseOr);
    const test = stream.skipName('if') ? parseExpression(stream) : undefined;
    const recursive = stream.skipName('recursive');
    stream.expect('end', 'the end of the tag');
    this.#loops += 1;
    const body = this.body('endfor', 'else');
    this.#loops -= 1;
    const otherwise = stream.next().text === 'else' ? this.#blockBody('endfor') : [];
    return { type: 'for', target, iterable, ...(test && { test }), recursive, body, otherwise, line };
  }

  #if(line: number): Statement {
    const stream = this.#stream;
    const branches: Branch[] = [];
    for (;;) {
      const test = parseTuple(stream);
      stream.expect('end', 'the end of the tag');
      branches.push({ test, body: this.body('elif', 'else', 'endif') });
      const end = stream.next().text;
      if (end === 'elif') continue;
      return { type: 'if', branches, otherwise: end === 'else' ? this.#blockBody('endif') : [], line };
    }
  }

  #set(line: number): Statement {
    const stream = this.#stream;
    const target = this.#target(true);
    if (stream.skipSign('=')) return { type: 'set', target, value: parseTuple(stream), line };
    const filters = parseFilters(stream);
    return { type: 'set-block', target, filters, body: this.#blockBody('endset'), line };
  }

  #with(line: number): Statement {
    const stream = this.#stream;
    const assignments: (readonly [Target, Expression])[] = [];
    while (!stream.isEnd) {
      if (assignments.length > 0) stream.expectSign(',');
      const target = this.#singleTarget(false);
      stream.expectSign('=');
      assignments.push([target, parseExpression(stream)]);
    }
    return { type: 'with', assignments, body: this.#blockBody('endwith'), line };
  }

  #block(line: number): Statement {
    const stream = this.#stream;
    const name = stream.expect('name', 'the name of a block').text;
    if (this.blocks.has(name)) throw stream.error(`the block ${name} is defined twice`);
    const scoped = stream.skipName('scoped');
    const required = stream.skipName('required');
    // Reserves the name for blocks inside.
    this.blocks.set(name, { type: 'block', name, scoped, required, body: [], line });
    const block: BlockStatement = { type: 'block', name, scoped, required, body: this.#blockBody('endblock'), line };
    if (stream.current.type === 'name') stream.expectKeyword(name);
    this.blocks.set(name, block);
    return block;
  }

  #include(line: number): Statement {
    const template = parseExpression(this.#stream);
    const ignoreMissing = this.#stream.skipName('ignore');
    if (ignoreMissing) this.#stream.expectKeyword('missing');
    return { type: 'include', template, ignoreMissing, withContext: this.#context(true), line };
  }

  #from(line: number): Statement {
    const stream = this.#stream;
    const template = parseExpression(stream);
    stream.expectKeyword('import');
    const names: [string, string][] = [];
    let withContext = false;
    while (!stream.isEnd) {
      if (names.length > 0 && !stream.isName('with', 'without')) stream.expectSign(',');
      if (stream.isName('with', 'without') && stream.following.text === 'context') {
        withContext = this.#context(false);
        break;
      }
      if (stream.isEnd) break;
      const name = stream.expect('name', 'a name').text;
      names.push([name, stream.skipName('as') ? stream.expect('name', 'a name').text : name]);
    }
    if (names.length === 0) throw stream.unexpected('a name');
    return { type: 'from', template, names, withContext, line };
  }

  #context(fallback: boolean): boolean {
    if (!this.#stream.isName('with', 'without') || this.#stream.following.text !== 'context') return fallback;
    const withContext = this.#stream.next().text === 'with';
    this.#stream.next();
    return withContext;
  }

  #parameters(): readonly Parameter[] {
    const stream = this.#stream;
    stream.expectSign('(');
    const parameters: Parameter[] = [];
    while (!stream.skipSign(')')) {
      const name = this.#assignableName();
      if (parameters.some((other) => other.name === name)) throw stream.error(`the parameter ${name} is there twice`);
      const fallback = stream.skipSign('=') ? parseExpression(stream) : undefined;
      if (!fallback && parameters.at(-1)?.fallback)
        throw stream.error('a parameter without a default follows one with it');
      parameters.push({ name, ...(fallback && { fallback }) });
      if (!stream.isSign(')')) stream.expectSign(',');
    }
    return parameters;
  }

  #target(withMembers = false): Target {
    const stream = this.#stream;
    const first = this.#singleTarget(withMembers);
    if (!stream.isSign(',')) return first;
    const items = [first];
    while (stream.skipSign(',')) {
      if (stream.isName('in') || stream.isSign('=', ')')) break;
      items.push(this.#singleTarget(withMembers));
    }
    return { type: 'tuple', items };
  }

  #singleTarget(withMembers: boolean): Target {
    const stream = this.#stream;
    if (stream.skipSign('(')) {
      const target = stream.nested(() => this.#target(withMembers));
      stream.expectSign(')');
      return target;
    }
    const name = this.#assignableName();
    if (!withMembers || !stream.skipSign('.')) return { type: 'name', name };
    return { type: 'member', object: name, name: stream.expect('name', 'a name').text };
  }

  #assignableName(): string {
    const name = this.#stream.expect('name', 'a name').text;
    if (RESERVED.includes(name)) throw this.#stream.error(`${name} cannot be assigned`);
    return name;
  }
}

const SPECIAL_NAMES = ['varargs', 'kwargs', 'caller'];

/** Whether the name is read anywhere in the statements. */
function uses(node: unknown, name: string): boolean {
  if (typeof node !== 'object' || node === null || node instanceof JinjaObject) return false;
  if (Array.isArray(node)) return node.some((one) => uses(one, name));
  const { type, name: own } = node as { readonly type?: string; readonly name?: string };
  return (type === 'name' && own === name) || Object.values(node).some((one) => uses(one, name));
}

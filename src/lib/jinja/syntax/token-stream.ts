import { JinjaError } from '../values/errors.ts';
import type { Token } from './lexer.ts';

/** Nesting of expressions and statements. */
const MAX_DEPTH = 100;

/** The tokens that a parser has not read yet. */
export class TokenStream {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get current(): Token {
    return this.#tokens[this.#at] as Token;
  }

  /** At the end of the tag of a statement. */
  get isEnd(): boolean {
    return this.current.type === 'end';
  }

  get following(): Token {
    return this.#tokens[Math.min(this.#at + 1, this.#tokens.length - 1)] as Token;
  }

  next(): Token {
    const token = this.current;
    if (token.type !== 'eof') this.#at += 1;
    return token;
  }

  isSign(...signs: readonly string[]): boolean {
    return this.current.type === 'sign' && signs.includes(this.current.text);
  }

  isName(...names: readonly string[]): boolean {
    return this.current.type === 'name' && names.includes(this.current.text);
  }

  skipSign(sign: string): boolean {
    if (!this.isSign(sign)) return false;
    this.next();
    return true;
  }

  skipName(name: string): boolean {
    if (!this.isName(name)) return false;
    this.next();
    return true;
  }

  expectSign(sign: string): void {
    if (!this.skipSign(sign)) throw this.unexpected(sign);
  }

  expectKeyword(name: string): void {
    if (!this.skipName(name)) throw this.unexpected(name);
  }

  expect(type: Token['type'], what: string): Token {
    if (this.current.type !== type) throw this.unexpected(what);
    return this.next();
  }

  error(message: string): JinjaError {
    return new JinjaError(`syntax error: ${message}`, { line: this.current.line });
  }

  unexpected(expected: string): JinjaError {
    const { type, text } = this.current;
    const found = { end: 'the end of the tag', close: '}}', open: '{{', begin: '{%', eof: 'the end', text: 'text' };
    return this.error(`expected ${expected}, found ${found[type as keyof typeof found] ?? text}`);
  }

  /** Parses one level deeper. @throws JinjaError */
  nested<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw this.error(`recursion limit: nested deeper than ${MAX_DEPTH} levels`);
    const result = parse();
    this.#depth -= 1;
    return result;
  }
}

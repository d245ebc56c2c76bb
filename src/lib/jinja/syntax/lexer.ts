import { JinjaError } from '../values/errors.ts';
import type { Whitespace } from './syntax.ts';

export interface Token {
  /** `begin` and `end` are of a statement; `open` and `close` of a printed expression. */
  readonly type: 'text' | 'begin' | 'end' | 'open' | 'close' | 'name' | 'string' | 'int' | 'float' | 'sign' | 'eof';
  readonly text: string;
  readonly line: number;
}

const TAG = /\{\{|\{%|\{#/g;
const SPACE = /\s+/y;
const NAME = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*/uy;
/** After a dot, digits are an index. */
const FLOAT = /(?<!\.)\d+(?:_\d+)*(?:\.\d+(?:_\d+)*(?:e[+-]?\d+(?:_\d+)*)?|e[+-]?\d+(?:_\d+)*)/iy;
const INT = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|\d+(?:_\d+)*/iy;
const STRING = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y;
const LITERALS = [
  ['name', NAME] as const,
  ['float', FLOAT] as const,
  ['int', INT] as const,
  ['string', STRING] as const,
];
const SIGN = /\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}><=.:|,;]/y;
const ENDRAW = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g;
const RAW = /\{%[-+]?\s*raw\s*([-+]?)%\}/y;
const CLOSING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** The tokens of a template. @throws JinjaError */
export function lexTemplate(source: string, whitespace: Whitespace): readonly Token[] {
  let text = source.replaceAll(/\r\n?/g, '\n');
  if (!whitespace.keepTrailingNewline && text.endsWith('\n')) text = text.slice(0, -1);
  const lexer = new Lexer(text);
  /** What a tag leaves of the text after it: `-` trims all space, a newline only that. */
  let after = '';
  const pushText = (raw: string, before: string, isStatement: boolean) => {
    let part = raw;
    if (after === '-') part = part.trimStart();
    else if (after === '\n' && part.startsWith('\n')) part = part.slice(1);
    if (before === '-') part = part.trimEnd();
    else if (before !== '+' && isStatement && whitespace.lstripBlocks) {
      const lineStart = raw.lastIndexOf('\n') + 1;
      const isLineStart = lineStart > 0 || lexer.isAtLineStart;
      if (isLineStart && raw.slice(lineStart).trim() === '') part = part.slice(0, part.lastIndexOf('\n') + 1);
    }
    lexer.push('text', part);
    lexer.advance(raw.length);
  };
  const endOf = (sign: string) => (sign === '-' ? '-' : whitespace.trimBlocks && sign !== '+' ? '\n' : '');
  for (;;) {
    TAG.lastIndex = lexer.at;
    const tag = TAG.exec(text);
    if (!tag) break;
    const kind = tag[0];
    const sign = text.charAt(tag.index + 2);
    const before = sign === '-' || sign === '+' ? sign : '';
    pushText(text.slice(lexer.at, tag.index), before, kind !== '{{');
    RAW.lastIndex = lexer.at;
    const raw = kind === '{%' ? RAW.exec(text) : null;
    if (kind === '{#') {
      const end = text.indexOf('#}', lexer.at + 2);
      if (end < 0) throw lexer.error('a comment is never closed by #}');
      after = endOf(text.charAt(end - 1));
      lexer.advance(end + 2 - lexer.at);
    } else if (raw) {
      after = endOf(raw[1] ?? '');
      lexer.advance(raw[0].length);
      ENDRAW.lastIndex = lexer.at;
      const end = ENDRAW.exec(text);
      if (!end) throw lexer.error('raw is never closed by {% endraw %}');
      pushText(text.slice(lexer.at, end.index), end[1] ?? '', true);
      after = endOf(end[2] ?? '');
      lexer.advance(end[0].length);
    } else {
      lexer.push(kind === '{{' ? 'open' : 'begin', '');
      lexer.advance(2 + before.length);
      const closing = lexer.expression(kind === '{{' ? '}}' : '%}');
      after = kind === '{%' ? endOf(closing) : closing === '-' ? '-' : '';
    }
  }
  pushText(text.slice(lexer.at), '', false);
  lexer.push('eof', '');
  return lexer.tokens;
}

/** The tokens of one expression. @throws JinjaError */
export function lexExpression(source: string): readonly Token[] {
  const lexer = new Lexer(source);
  lexer.expression();
  lexer.push('eof', '');
  return lexer.tokens;
}

class Lexer {
  readonly tokens: Token[] = [];
  readonly #text: string;
  #line = 1;
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtLineStart(): boolean {
    return this.at === 0 || this.#text.charAt(this.at - 1) === '\n';
  }

  push(type: Token['type'], text: string): void {
    if (type !== 'text' || text !== '') this.tokens.push({ type, text, line: this.#line });
  }

  advance(count: number): void {
    for (const end = this.at + count; this.at < end; this.at += 1) {
      if (this.#text.charCodeAt(this.at) === 10) this.#line += 1;
    }
  }

  error(message: string): JinjaError {
    return new JinjaError(`syntax error: ${message}`, { line: this.#line });
  }

  /** Up to the end of the tag, or of the text. @returns the sign before the end of the tag */
  expression(end?: '}}' | '%}'): string {
    const open: string[] = [];
    for (;;) {
      this.#match(SPACE);
      if (this.at >= this.#text.length) {
        if (open.length > 0) throw this.error(`${open.at(-1)} is never closed`);
        if (end !== undefined) throw this.error(`a tag is never closed by ${end}`);
        return '';
      }
      if (end !== undefined && open.length === 0) {
        const sign = /[-+]/.test(this.#text.charAt(this.at)) ? this.#text.charAt(this.at) : '';
        if (this.#text.startsWith(end, this.at + sign.length) && !(sign === '+' && end === '}}')) {
          this.push(end === '}}' ? 'close' : 'end', '');
          this.advance(sign.length + 2);
          return sign;
        }
      }
      this.#token(open);
    }
  }

  #token(open: string[]): void {
    for (const [type, pattern] of LITERALS) {
      const literal = this.#match(pattern);
      if (literal === undefined) continue;
      const isNumber = type === 'int' || type === 'float';
      if (type === 'string') this.push(type, this.#unescape(literal.slice(1, -1)));
      else this.push(type, isNumber ? literal.replaceAll('_', '') : literal);
      return;
    }
    const sign = this.#match(SIGN);
    if (sign === undefined) {
      const char = String.fromCodePoint(this.#text.codePointAt(this.at) ?? 0);
      if (char === '"' || char === "'") throw this.error(`the string that begins with ${char} is never closed`);
      throw this.error(`${JSON.stringify(char)} has no meaning here`);
    }
    if ('([{'.includes(sign)) open.push(sign);
    const opening = CLOSING[sign];
    if (opening !== undefined && open.pop() !== opening) throw this.error(`${sign} closes nothing`);
    this.push('sign', sign);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const match = pattern.exec(this.#text)?.[0];
    if (match !== undefined) this.advance(match.length);
    return match;
  }

  #unescape(text: string): string {
    if (!text.includes('\\')) return text;
    return text.replaceAll(
      /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g,
      (whole, x?: string, u?: string, long?: string, octal?: string, char?: string) => {
        if (char !== undefined) return ESCAPES[char] ?? whole;
        const code = octal === undefined ? Number.parseInt(x ?? u ?? long ?? '', 16) : Number.parseInt(octal, 8);
        if (code > 0x10ffff) throw this.error(`${whole} is not a character`);
        return String.fromCodePoint(code);
      },
    );
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  ...{ n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', v: '\v', a: '\u0007' },
  ...{ '\\': '\\', "'": "'", '"': '"', '\n': '' },
};

import { Fault } from '../../core/errors.ts';
import { isJsonObject, type Json, wellFormed } from '../../lib/json.ts';

export interface LlmToolCall {
  /** Unique within its answer. */
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

interface PartialCall {
  readonly index: number;
  id: string;
  name: string;
  arguments: string;
  readonly nesting: NestingScanner;
}

/** More calls in one turn are a loop, not a plan. */
const MAX_TOOL_CALLS = 64;

/**
 * Assembles tool calls from their pieces. A piece belongs to the call with its index, or, without an index, to the call with
 * its id, or to the last one. A name begins another call if a new id comes with it, or if the arguments of the call so far are
 * a complete object: endpoints number parallel calls alike, or not at all. A piece without a function adds nothing but its id.
 */
export function toolCallAccumulator() {
  const calls: PartialCall[] = [];

  const begin = (index: number): PartialCall => {
    if (calls.length === MAX_TOOL_CALLS) throw malformedStreamFault(`more than ${MAX_TOOL_CALLS} tool calls`);
    const call = { index, id: '', name: '', arguments: '', nesting: new NestingScanner() };
    calls.push(call);
    return call;
  };
  const find = (index: Json | undefined, id: string, name: string): PartialCall | undefined => {
    const byId = id === '' ? undefined : calls.findLast((call) => call.id === id);
    if (typeof index !== 'number') return byId ?? (id === '' || name === '' ? calls.at(-1) : undefined);
    return byId?.index === index ? byId : calls.findLast((call) => call.index === index);
  };
  const isOther = (call: PartialCall, id: string, name: string, args: string) => {
    if (name === '' || call.name === '') return false;
    if (id !== '' && call.id !== '' && id !== call.id) return true;
    // An endpoint may repeat the name in each piece.
    return (name !== call.name || args !== '') && call.nesting.isClosed;
  };

  return {
    add(piece: Json): void {
      if (piece === null) return;
      if (!isJsonObject(piece)) throw malformedStreamFault('a malformed tool call');
      const id = typeof piece.id === 'string' ? piece.id : '';
      const body = isJsonObject(piece.function) ? piece.function : {};
      const name = typeof body.name === 'string' ? body.name : '';
      const args = argumentsText(body.arguments);
      const found = find(piece.index, id, name);
      if (!found && id === '' && name === '' && args === '') return;
      const index = typeof piece.index === 'number' ? piece.index : calls.length;
      const call = found && !isOther(found, id, name, args) ? found : begin(found?.index ?? index);
      if (call.id === '') call.id = id;
      if (name !== call.name) call.name += name;
      call.arguments += args;
      call.nesting.add(args);
    },
    /** The calls in the order in which they began. */
    end(): readonly LlmToolCall[] {
      const ids = new Set<string>();
      const real = calls.filter((call) => call.name !== '' || call.arguments !== '');
      return real.map(({ id, name, arguments: args }, at) => {
        const given = wellFormed(id);
        const unique = given === '' || ids.has(given) ? `call_${at + 1}` : given;
        ids.add(unique);
        return { id: unique, name: wellFormed(name), arguments: args };
      });
    },
  };
}

/** Follows the nesting of a JSON object that arrives in pieces. */
class NestingScanner {
  /** The object has ended. */
  isClosed = false;
  #depth = 0;
  #isInText = false;
  #isEscaped = false;

  add(piece: string): void {
    for (const char of piece) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (this.#isInText) {
        if (char === '\\') this.#isEscaped = true;
        else if (char === '"') this.#isInText = false;
      } else if (char === '"') this.#isInText = true;
      else if (char === '{' || char === '[') this.#depth += 1;
      else if (char === '}' || char === ']') {
        this.#depth -= 1;
        this.isClosed = this.#depth === 0;
      }
    }
  }
}

/** Arguments in text, or as JSON that some endpoints send instead. An empty object may precede the arguments in pieces. */
function argumentsText(args: Json | undefined): string {
  if (typeof args === 'string') return args;
  if (args === undefined || args === null) return '';
  const text = JSON.stringify(args);
  return text === '{}' ? '' : text;
}

export function malformedStreamFault(what: string, cause?: unknown): Fault {
  const message = `The endpoint of the language model sent ${what}. Check that it streams OpenAI chat completions, or try again.`;
  return new Fault('RESOURCE_UNREACHABLE', message, { ...(cause !== undefined && { cause }) });
}

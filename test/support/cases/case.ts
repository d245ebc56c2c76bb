import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { isJsonObject, type Json, type JsonObject } from '../../../src/lib/json.ts';
import type { TokenInput } from './identity-provider.ts';
import type { McpInput, ModelInput } from './peers.ts';

const FOLDER = 'test/conformance/cases';

/** What a command reads. */
export type CommandInput = (
  | { readonly text: string; readonly mediaType: string }
  | { readonly base64: string; readonly mediaType: string }
  | { readonly data: Json }
) & {
  /** JSON Schema that the data must fit. */
  readonly schema?: Json;
  readonly options?: JsonObject;
};

/** How the server is asked, and with what. */
export type CaseRequest =
  | {
      readonly via: 'convertToJson' | 'convertToXml' | 'convertToCsv' | 'render' | 'fetch';
      readonly input: CommandInput;
    }
  /** To XML, and that to JSON. */
  | { readonly via: 'roundTrip'; readonly input: CommandInput }
  | { readonly via: 'workflow'; readonly input: { readonly yaml: string; readonly inputs?: JsonObject } }
  | { readonly via: 'agent'; readonly input: { readonly backend: JsonObject } }
  | { readonly via: 'model'; readonly input: ModelInput }
  | { readonly via: 'mcpClient'; readonly input: McpInput & { readonly tool: string } }
  /** A request to `/mcp`, in a session. */
  | { readonly via: 'mcpServer'; readonly input: { readonly method: string; readonly params: JsonObject } }
  | { readonly via: 'signIn'; readonly input: SignInInput }
  | { readonly via: 'token'; readonly input: TokenInput }
  /** The next times of a schedule; no field of the API takes a start. */
  | {
      readonly via: 'nextTime';
      readonly input: { readonly cron: string; readonly timeZone: string; readonly after: string };
    };

/** Wrong passwords from one address, as a proxy writes it, then one from each of the others. */
export interface SignInInput {
  readonly forwardedFor: string;
  readonly tries: number;
  readonly others: readonly string[];
}

export type Case = CaseRequest & {
  /** Members of the outcome, see `matcherOf`. With `anyOf`: and those of one of these. */
  readonly expected: JsonObject;
};

/** All cases by kind, then by name. */
export function readCases(): readonly (readonly [kind: string, cases: Readonly<Record<string, Case>>])[] {
  return readdirSync(FOLDER).map((file) => [
    file.replace('.json', '').replaceAll('-', ' '),
    JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as Record<string, Case>,
  ]);
}

export function expectOutcome(outcome: object, { anyOf, ...members }: JsonObject): void {
  expect(outcome).toEqual(expect.objectContaining(matchersOf(members)));
  if (Array.isArray(anyOf)) {
    expect(outcome).toEqual(expect.toBeOneOf(anyOf.map((one) => expect.objectContaining(matchersOf(one)))));
  }
}

/**
 * A matcher of equal values. `$has`: an object with these members, `$contains` and `$lacks`: a text with or without this
 * part, `$in`: one of these values, `$length`: a list of so many.
 */
function matcherOf(expected: Json): unknown {
  if (Array.isArray(expected)) return expected.map(matcherOf);
  if (!isJsonObject(expected)) return expected;
  const { $has, $contains, $lacks, $in, $length } = expected;
  if (isJsonObject($has)) return expect.objectContaining(matchersOf($has));
  if (typeof $contains === 'string') return expect.stringContaining($contains);
  if (typeof $lacks === 'string') return expect.not.stringContaining($lacks);
  if (Array.isArray($in)) return expect.toBeOneOf($in);
  if (typeof $length === 'number') return expect.objectContaining({ length: $length });
  return matchersOf(expected);
}

function matchersOf(members: JsonObject): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).map(([name, value]) => [name, matcherOf(value)]));
}

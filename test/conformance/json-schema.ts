/**
 * Runs the required tests of JSON-Schema-Test-Suite against the schema validator, and against ajv with its formats. Prints each test
 * that fails, and fails if ajv passes one of them.
 *
 *     git clone https://github.com/json-schema-org/JSON-Schema-Test-Suite && git -C JSON-Schema-Test-Suite checkout REVISION
 *     node test/conformance/json-schema.ts JSON-Schema-Test-Suite
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { compileSchema } from '../../src/resources/schemas/compile-schema.ts';

const REVISION = '44401e0c046704b476ec9d2e2fccdaee618f259d';

const DRAFTS = [
  ['draft7', 'http://json-schema.org/draft-07/schema#', Ajv],
  ['draft2019-09', 'https://json-schema.org/draft/2019-09/schema', Ajv2019],
  ['draft2020-12', 'https://json-schema.org/draft/2020-12/schema', Ajv2020],
] as const;
/** Where the suite expects its folder `remotes` to be served. */
const REMOTES = 'http://localhost:1234/';

interface Group {
  readonly description: string;
  readonly schema: unknown;
  readonly tests: readonly { readonly description: string; readonly data: unknown; readonly valid: boolean }[];
}

type Verdict = (data: unknown) => boolean | string;

const [suite] = process.argv.slice(2);
if (suite === undefined) throw new Error(`Pass a checkout of JSON-Schema-Test-Suite at ${REVISION}.`);

for (const [draft, dialect, AjvOfDraft] of DRAFTS) {
  const remotes = remotesOf(draft, dialect);
  let [passed, passedByAjv, total] = [0, 0, 0];
  for (const file of readdirSync(join(suite, 'tests', draft)).filter((name) => name.endsWith('.json'))) {
    for (const group of readJson(join(suite, 'tests', draft, file)) as readonly Group[]) {
      const ours = verdictOf(() => ourValidator(withDialect(group.schema, dialect), remotes));
      const plain = verdictOf(() => {
        const ajv = new AjvOfDraft({ strict: false, logger: false });
        // Formats are checked, which the default of 2020-12 is not.
        addFormats.default(ajv);
        for (const [uri, schema] of remotes) if (!isMetaschema(schema)) ajv.addSchema(schema as object, uri);
        for (const [uri, schema] of remotes) if (isMetaschema(schema)) ajv.addMetaSchema(schema as object, uri);
        return ajv.compile(group.schema as object);
      });
      for (const { description, data, valid } of group.tests) {
        total += 1;
        const [verdict, isPassedByAjv] = [ours(data), plain(data) === valid];
        if (isPassedByAjv) passedByAjv += 1;
        if (verdict === valid) passed += 1;
        else {
          if (isPassedByAjv) process.exitCode = 1;
          const note = isPassedByAjv ? ' (ajv passes)' : '';
          console.log(`${draft}/${file}: ${group.description}: ${description}: ${verdict}${note}`);
        }
      }
    }
  }
  console.log(`${draft}: ${passed} of ${total}; ajv ${passedByAjv}`);
}

function verdictOf(compile: () => (data: unknown) => unknown): Verdict {
  const attempt = <T>(run: () => T): T | string => {
    try {
      return run();
    } catch (error) {
      return String(error).slice(0, 200);
    }
  };
  const validate = attempt(compile);
  return typeof validate === 'string' ? () => validate : (data) => attempt(() => validate(data) as boolean);
}

function ourValidator(schema: unknown, remotes: ReadonlyMap<string, unknown>): (data: unknown) => unknown {
  const documentOf = (uri: string, one: unknown) => ({ uri, base: uri, text: JSON.stringify(one) });
  const documents = [documentOf('urn:test:schema', schema)];
  for (;;) {
    const result = compileSchema(documents, { allErrors: true });
    if ('validate' in result) return result.validate;
    if (!remotes.has(result.missing)) throw new Error(`The suite has no ${result.missing}.`);
    documents.push(documentOf(result.missing, remotes.get(result.missing)));
  }
}

/** By URI: those for all drafts, and those of this one. */
function remotesOf(draft: string, dialect: string): ReadonlyMap<string, unknown> {
  const folder = join(suite as string, 'remotes');
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.json'));
  const own = paths.filter((path) => path.startsWith(`${draft}/`) || !/^(?:draft|v1)/.test(path));
  return new Map(own.map((path) => [REMOTES + path, withDialect(readJson(join(folder, path)), dialect)]));
}

function withDialect(schema: unknown, dialect: string): unknown {
  return typeof schema === 'object' ? { $schema: dialect, ...schema } : schema;
}

function isMetaschema(schema: unknown): boolean {
  return typeof schema === 'object' && schema !== null && '$vocabulary' in schema;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

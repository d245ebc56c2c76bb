import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Fault } from '../core/errors.ts';
import { convertToBase64 } from './convert-to-base64.ts';
import { convertToCsv } from './convert-to-csv.ts';
import { convertToJson } from './convert-to-json.ts';
import { convertToXml } from './convert-to-xml.ts';
import { commandProblem } from './definition/command-problem.ts';
import { type AnyCommand, isCommand } from './definition/define-command.ts';
import { fetch } from './fetch.ts';
import { pipeline } from './pipeline.ts';
import { render } from './render.ts';

/** The commands that come with Signalbox, in the order in which they are listed. */
export const commands: readonly AnyCommand[] = [
  fetch,
  convertToJson,
  convertToXml,
  convertToCsv,
  convertToBase64,
  render,
  pipeline,
];

/**
 * Loads command modules. Every export that `defineCommand` made is a command; other exports are the module's own.
 * @param files paths, relative ones from the working directory
 * @throws Fault BAD_INPUT that names the file and what is wrong with it
 */
export async function loadPlugins(files: readonly string[]): Promise<readonly AnyCommand[]> {
  const taken = new Set(commands.map((command) => command.name));
  const loaded: AnyCommand[] = [];
  for (const file of files) {
    const found = Object.values(await importModule(file)).filter(isCommand);
    const distinct = [...new Set(found)];
    if (distinct.length === 0) throw pluginFault(file, 'exports no command. Export what defineCommand() gives.');
    for (const command of distinct) {
      const problem = commandProblem(command, taken);
      if (problem) throw pluginFault(file, problem);
      taken.add(command.name);
      loaded.push(command);
    }
  }
  return loaded;
}

async function importModule(file: string): Promise<object> {
  try {
    return (await import(pathToFileURL(resolve(file)).href)) as object;
  } catch (error) {
    throw pluginFault(file, `cannot be loaded: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

function pluginFault(file: string, why: string, cause?: unknown): Fault {
  return new Fault('BAD_INPUT', `Plugin ${file} (SIGNALBOX_PLUGINS) ${why}`, { cause });
}

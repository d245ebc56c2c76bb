import { Help, type HelpConfiguration } from 'commander';
import { wrap } from '../output/wrap.ts';

/** With less than this next to the terms, descriptions stand below them. */
const MIN_DESCRIPTION = 40;
const TERM_INDENT = '  ';
const DESCRIPTION_INDENT = '      ';

/** The layout of the help: no line is wider than the terminal. */
export const HELP_LAYOUT: HelpConfiguration = {
  formatItem(term, termWidth, description, helper) {
    const width = helper.helpWidth ?? 80;
    const left = width - termWidth - 2 * TERM_INDENT.length;
    if (description === '' || left >= MIN_DESCRIPTION)
      return Help.prototype.formatItem.call(helper, term, termWidth, description, helper);
    return `${TERM_INDENT}${term}\n${wrap(DESCRIPTION_INDENT + description, width)}`;
  },
  formatHelp: (command, helper) =>
    wrap(Help.prototype.formatHelp.call(helper, command, helper), helper.helpWidth ?? 80),
};

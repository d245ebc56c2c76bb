import { Fault } from '../../core/errors.ts';
import { didYouMean } from '../../lib/did-you-mean.ts';

/** The columns of CSV whose values are not strings. */
export interface ValueOptions {
  /** Names of columns with numbers. */
  readonly numbers?: readonly string[];
  readonly decimalSeparator?: '.' | ',';
  /** Names of columns with dates. */
  readonly dates?: readonly string[];
  /** Of YYYY, MM or M, DD or D, and perhaps HH, mm, ss; everything else is written as it is. */
  readonly dateFormat?: string;
}

/** A value as JSON text. @throws Fault BAD_INPUT that completes “CSV, line N: ” */
type ToJson = (value: string, fault: (what: string) => Fault) => string;

/**
 * How the values of each column become JSON; undefined for strings.
 * @throws Fault BAD_INPUT for a column that does not exist, or a format without year, month and day
 */
export function valueConverters(fields: readonly string[], options: ValueOptions): readonly (ToJson | undefined)[] {
  const { numbers = [], dates = [], decimalSeparator = '.', dateFormat = 'YYYY-MM-DD' } = options;
  const converters: (ToJson | undefined)[] = fields.map(() => undefined);
  const assign = (option: string, names: readonly string[], toJson: ToJson) => {
    for (const name of names) {
      const at = fields.indexOf(name);
      if (at < 0)
        throw new Fault(
          'BAD_INPUT',
          `CSV: ${option} names ${JSON.stringify(name)}, which is not a column.${didYouMean(name, fields)}`,
        );
      converters[at] = (value, fault) => (value.trim() === '' ? 'null' : toJson(value.trim(), fault));
    }
  };
  assign('numbers', numbers, numberReader(decimalSeparator));
  if (dates.length > 0) assign('dates', dates, dateReader(dateFormat));
  return converters;
}

/** Digits may be grouped by threes, by the other separator, an apostrophe or any space. */
function numberReader(decimal: '.' | ','): ToJson {
  const group = decimal === '.' ? ',' : '.';
  const number = new RegExp(`^([+\\-\\u2212]?)(\\d{1,3}(?:[${group}'\\u2019\\s]\\d{3})+|\\d*)(?:[${decimal}](\\d+))?$`);
  return (value, fault) => {
    const [match, sign, whole = '', fraction] = number.exec(value) ?? [];
    if (match === undefined || (whole === '' && fraction === undefined)) {
      throw fault(`${JSON.stringify(value.slice(0, 40))} is not a number with the decimal separator ${decimal}`);
    }
    const digits = whole.replaceAll(/\D/g, '').replace(/^0+(?=\d)/, '') || '0';
    const isNegative = sign !== '' && sign !== '+';
    return `${isNegative ? '-' : ''}${digits}${fraction === undefined ? '' : `.${fraction}`}`;
  };
}

const TOKENS: Readonly<Record<string, string>> = {
  YYYY: '(?<year>\\d{4})',
  MM: '(?<month>\\d{2})',
  M: '(?<month>\\d{1,2})',
  DD: '(?<day>\\d{2})',
  D: '(?<day>\\d{1,2})',
  HH: '(?<hour>\\d{2})',
  mm: '(?<minute>\\d{2})',
  ss: '(?<second>\\d{2})',
};

/** `2031-12-24`, or `2031-12-24T18:30:00` where the format has a time. */
function dateReader(format: string): ToJson {
  const names: string[] = [];
  const source = format.replaceAll(/YYYY|MM?|DD?|HH|mm|ss|./gsu, (token) => {
    const expression = TOKENS[token];
    if (expression === undefined) return RegExp.escape(token);
    names.push(/<(\w+)>/.exec(expression)?.[1] as string);
    return expression;
  });
  const isComplete = ['year', 'month', 'day'].every((name) => names.includes(name));
  if (!isComplete || new Set(names).size < names.length) {
    const message = `dateFormat ${JSON.stringify(format)} must have YYYY, MM (or M) and DD (or D), each once. Write, for example, DD.MM.YYYY.`;
    throw new Fault('BAD_INPUT', message);
  }
  const date = new RegExp(`^${source}$`);
  return (value, fault) => {
    const parts = date.exec(value)?.groups;
    const { year = '', month = '', day = '', hour = '00', minute = '00', second = '00' } = parts ?? {};
    const written = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
    const time = `T${hour}:${minute}:${second}`;
    const at = new Date(`${written}${time}.000Z`);
    if (parts === undefined || Number.isNaN(at.getTime()) || !at.toISOString().startsWith(written + time)) {
      throw fault(`${JSON.stringify(value.slice(0, 40))} is not a date of the format ${format}`);
    }
    return JSON.stringify(written + (names.includes('hour') ? time : ''));
  };
}

import type { JsonObject } from '../../lib/json.ts';
import { oneLine } from '../../step-kinds/plan/plan-by-rules.ts';
import type { Source } from '../stacks/template-data.ts';

const MAX_SOURCES = 20;
const URL_SHAPE = /^(https?:\/\/|file:\/\/\/|artifact:|drive:)[^\s<>"'`\\|{}^[\]()]{1,1000}$/;

/** Findings of `research` as a README names them. What a stranger called his page cannot become more than text there. */
export function readSources(findings: readonly JsonObject[]): readonly Source[] {
  const sources = new Map<string, Source>();
  for (const finding of findings) {
    if (typeof finding.url !== 'string' || !URL_SHAPE.test(finding.url)) continue;
    const title = typeof finding.title === 'string' ? plain(finding.title) : '';
    if (!sources.has(finding.url)) sources.set(finding.url, { title: title || 'Without a title', url: finding.url });
    if (sources.size === MAX_SOURCES) break;
  }
  return [...sources.values()];
}

function plain(text: string): string {
  return oneLine(text.replaceAll(/[[\]<>`*_|\\!#&]/g, ' '), 200);
}

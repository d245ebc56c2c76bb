import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Phrases that native speakers stumble over, each with what to write instead. */
const REJECTED: readonly (readonly [RegExp, string])[] = [
  [/\bunless told\b/i, 'default …'],
  [/\b(?:is|are) none\b/i, 'does not exist, has no …'],
  [/\b(?:is|are) no more\b/i, 'no longer'],
  [/\bare no\b/i, 'are not'],
  [/\bmend(?:s|ed|ing)?\b/i, 'fix, repair'],
  [/\bdearer\b/i, 'more expensive'],
  [/\bwho(?:ever|soever)\b/i, 'callers, the caller'],
  [/\banew\b/i, 'again'],
  [/\bbeside\b/i, 'next to, in addition to'],
  [/\bby (?:it|them)sel(?:f|ves)\b/i, 'automatically, alone'],
  [/\bof (?:its|their|your|his|my|our) own\b/i, 'its, separate, dedicated'],
  [/\b(?:comes?|came|coming) to (?!an end\b|be\b|mind\b|light\b)/i, 'evaluates to, becomes, is'],
  [/\bnobody approves\b/i, 'you cannot approve'],
  [/\bunder way\b/i, 'in progress, running'],
  [/\bat work\b/i, 'running'],
  [/\bmade of\b/i, 'consists of, built from'],
  [/\bthe house\b/i, 'the architecture, the code base'],
  [/\b(?:he|she|his|her|himself|herself)\b/, 'they, the caller'],
  [/\btoo often:/i, 'rate limit exceeded:'],
  [/\bgoes? on\b/i, 'continues'],
  [/\btells? (?:what|whether|which|how|who)\b/i, 'reports …'],
];

/** These quote the phrases on purpose, or are not ours to change. */
const EXEMPT =
  /^(?:STYLE\.md|LICENSE|scripts\/schema\.released\.graphql|scripts\/prose\.ts|examples\/data\/.*)$|\/generated\/|package-lock/;

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'])
  .toString()
  .split('\n')
  .filter((file) => /\.(?:ts|tsx|mjs|md|graphql|prisma|ya?ml)$/.test(file) && !EXEMPT.test(file));

let problems = 0;
for (const file of files) {
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    for (const [pattern, instead] of REJECTED) {
      const [phrase] = pattern.exec(line) ?? [];
      if (phrase === undefined) continue;
      problems += 1;
      process.stderr.write(`${file}:${index + 1}: "${phrase.trim()}" (write: ${instead})\n`);
    }
  }
}
if (problems > 0) {
  process.stderr.write(`${problems} phrases to rewrite; STYLE.md explains.\n`);
  process.exitCode = 1;
}

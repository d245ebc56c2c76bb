/** How to recognize one kind of secret. */
export interface SecretRule {
  /** Name of the kind, for messages. */
  readonly name: string;
  /** Begins with a fixed text, and runs in linear time: no part of it can match in two ways. */
  readonly pattern: RegExp;
  /** Minimum entropy of the pattern's first group, in bits per character. */
  readonly entropy?: number;
}

/** Prevents matches in the middle of a longer word. */
const TOKEN_START = '(?<![A-Za-z0-9_/+-])';
const TOKEN_END = '(?![A-Za-z0-9_-])';

const tokenRule = (name: string, form: string): SecretRule => ({
  name,
  pattern: new RegExp(`${TOKEN_START}${form}${TOKEN_END}`, 'g'),
});

const NAMES =
  '(?:passwo?r?d|passwd|passphrase|secret|api_?key|access_?key|(?:auth|access|bearer|refresh)_?token|private_?key|(?:signing|encryption)_?key|credentials?)';

export const SECRET_RULES: readonly SecretRule[] = [
  { name: 'a private key', pattern: /-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/g },
  { name: 'a PuTTY private key', pattern: /PuTTY-User-Key-File-[23]:/g },
  tokenRule('an AWS access key id', '(?:AKIA|ASIA)[A-Z2-7]{16}'),
  tokenRule('a Google API key', 'AIza[A-Za-z0-9_-]{35}'),
  tokenRule('a Google OAuth client secret', 'GOCSPX-[A-Za-z0-9_-]{28}'),
  tokenRule('a GitHub token', 'gh[pousr]_[A-Za-z0-9]{36,255}'),
  tokenRule('a GitHub token', 'github_pat_[A-Za-z0-9_]{60,255}'),
  tokenRule('a GitLab token', 'gl(?:pat|dt|rt|ptt|ft|soat|cbt)-[A-Za-z0-9_-]{20,255}'),
  tokenRule('a Slack token', 'xox[abeoprs]-[A-Za-z0-9-]{10,255}'),
  { name: 'a Slack webhook', pattern: /hooks\.slack\.com\/services\/T[A-Z0-9]{6,}\/B[A-Z0-9]{6,}\/[A-Za-z0-9]{20,}/g },
  tokenRule('a Stripe key', '(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,255}'),
  tokenRule('a webhook signing secret', 'whsec_[A-Za-z0-9+/]{32,255}={0,2}'),
  tokenRule('an OpenAI or Anthropic key', 'sk-(?:proj-|svcacct-|admin-|ant-[a-z0-9]{2,8}-)?[A-Za-z0-9_-]{32,255}'),
  tokenRule('an npm token', 'npm_[A-Za-z0-9]{36}'),
  tokenRule('a PyPI token', 'pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{50,1000}'),
  tokenRule('a JSON Web Token', 'eyJ[A-Za-z0-9_-]{10,4000}\\.eyJ[A-Za-z0-9_-]{10,8000}\\.[A-Za-z0-9_-]{16,2000}'),
  {
    name: 'a password in a URL',
    pattern: /[a-z][a-z0-9+]{1,20}:\/\/[^\s:@/'"]{1,100}:([^\s:@/'"]{6,200})@/g,
    entropy: 2.5,
  },
  {
    name: 'an assigned secret',
    // In a file of variables or in YAML, without quotes; an identifier or a call is no secret.
    pattern: new RegExp(
      `^[ \\t]{0,40}(?:export[ \\t]{1,8})?[A-Za-z0-9_.-]{0,60}?${NAMES}[A-Za-z0-9_]{0,20}[ \\t]{0,8}[:=][ \\t]{0,8}((?=[^\\s]{0,199}[0-9])(?=[^\\s]{0,199}[A-Za-z])(?![A-Za-z_][A-Za-z0-9_]*(?:[.][A-Za-z_][A-Za-z0-9_]*)+[;,]?[ \\t]*$)[^\\s"'\`#;,(){}\\[\\]<>]{8,200})[ \\t\\r]{0,8}$`,
      'gim',
    ),
    entropy: 3.2,
  },
  {
    name: 'an assigned secret',
    pattern:
      /(?:passwo?r?d|passwd|passphrase|secret|api_?key|apikey|access_?key|(?:auth|access|bearer|refresh)_?token|private_?key|(?:signing|encryption)_?key|client_?secret|credentials?)["']?[ \t]{0,8}(?:[:=]|:=|=>)[ \t]{0,8}["'`]([^"'`\s]{8,200})["'`]/gi,
    entropy: 3,
  },
];

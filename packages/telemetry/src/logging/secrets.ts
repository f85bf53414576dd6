// Names whose value never reaches a log line. A space stands for any separator or none, so that
// `refresh_token`, `refresh-token` and `refreshToken` are one. Source: the project's telemetry
// contract, and what clients of HTTP, databases and clouds call the same things.
const endings = [
  ...['password', 'passwd', 'pwd', 'passphrase', 'passcode', 'secret', 'token', 'jwt', 'cookie'],
  ...['authorization', 'credential', 'api key', 'private key', 'secret key', 'access key'],
  ...['encryption key', 'signing key', 'master key', 'account key', 'ssh key', 'card number'],
  ...['phone', 'phone number', 'telephone', 'msisdn', 'otp', 'totp', 'cvc', 'cvv', 'security code'],
  ...['verification code', 'one time code', 'recovery code', 'sms code', 'mfa code', 'auth code'],
];
// So short that they also end other words, such as `bypass`.
const words = ['pass', 'pin', 'auth', 'bearer', 'csrf', 'xsrf', 'cvc2', 'cvv2', 'pan'];

export const redacted = '[redacted]';

const compactEndings = endings.map((ending) => ending.replaceAll(' ', ''));
const exactNames = new Set([...words, ...compactEndings]);
// `passwordHash`, `password_confirmation`, `token2`: still the secret, or enough to find it.
const tail = /(?:hash|digest|salt|confirm(?:ation)?|repeat|plain|text|value|[0-9])$/;
// A telephone's name is also the end of other words.
const needsWordStart = new Set(['phone', 'otp']);

const namePattern = [
  ...endings.map((ending) => ending.replaceAll(' ', '[-_. ]?')),
  `(?<![a-z0-9])(?:${words.join('|')})`,
].join('|');

// Most names are told from one look: a stranger's body may hold thousands of new ones.
const mayBeSecret = new RegExp([...namePattern.split('|'), ...words].join('|'), 'i');

/** Whether the value of a field of this name is a secret. */
export function isSecretName(name: string): boolean {
  if (!mayBeSecret.test(name)) return false;
  const compact = name.replaceAll(/[^a-zA-Z0-9]/g, '').toLowerCase();
  if (isSecretWord(compact, name)) return true;
  const root = compact.replace(tail, '');
  return root !== compact && isSecretWord(root, name.slice(0, root.length - compact.length));
}

function isSecretWord(compact: string, name: string): boolean {
  if (exactNames.has(compact)) return true;
  if (compactEndings.some((ending) => !needsWordStart.has(ending) && compact.endsWith(ending))) {
    return true;
  }
  const lastWord = name.split(/[^a-zA-Z0-9]+|(?<=[a-z0-9])(?=[A-Z])/).at(-1) ?? '';
  return exactNames.has(lastWord.toLowerCase());
}

/** Whether it is a list of secrets; a number under such a name is a count, as in `tokens: 17`. */
export function isSecretPlural(name: string): boolean {
  return name.length > 1 && name.endsWith('s') && isSecretName(name.slice(0, -1));
}

// Cheap, and true for few strings: only those are searched by the patterns below.
export const suspicious = new RegExp(
  [
    ...[
      '[=:@>%]',
      '--',
      'assword ',
      'ASSWORD ',
      'dentified by ',
      'DENTIFIED BY ',
      'earer ',
      'EARER ',
    ],
    ...[
      'asic ',
      'ASIC ',
      'eyJ',
      'gh[opsur]_',
      'github_pat_',
      'sk[-_]',
      'rk_',
      'xox[abprs]-',
      'AKIA',
    ],
    ...['AIza', 'glpat-', 'npm_'],
  ].join('|'),
);

const privateKeys = /-----BEGIN ([A-Z ]{0,40}PRIVATE KEY)-----[\s\S]*?(?:-----END \1-----|$)/g;
// The last `@` before the path: passwords may hold one.
const urlCredentials = /:\/\/[^\s/?#"'`<>]+@/g;
const webTokens = /(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?/g;
const knownTokens =
  /(?<![\w-])(?:gh[opsur]_|github_pat_|sk[-_]|rk_|xox[abprs]-|AKIA|AIza|glpat-|npm_)[\w-]{12,}/g;
const bearers = /(?<![a-z])(bearer\s{1,4})(?!(?:tokens?|auth\w*|scheme|realm)\b)[^\s"'`,;]+/gi;
// Words of prose follow `basic` too: base64 has a capital, a digit or padding in it.
const basics = /(?<![a-zA-Z])((?:[Bb]asic|BASIC)\s{1,4})(?=[a-z]*[A-Z0-9+/=])[\w+/=-]{6,}/g;

// Statements that set one have no sign between: `ALTER USER galley PASSWORD 'x'`.
const statements = /((?:password|identified by)\s{1,3}(['"]))(?:\\[\s\S]|(?!\2)[^\\])*/gi;

// A scheme and its credentials; up to the next parameter of a query; further cookies. Signs that
// may end a sentence stay, as do the places of a statement's values.
const bare =
  '(?!(?:\\?|\\$\\d+|null|undefined|true|false)(?!\\w))(?:digest\\s[^\\r\\n]*|(?:(?:bearer|basic|token|apikey|negotiate|aws4-hmac-sha256)\\s{1,4})?' +
  '(?:&(?![\\w.%[\\]-]{1,60}=)|[^\\s"\'`&])*[^\\s"\'`&,;.)}\\]>]' +
  '(?:;\\s{1,3}[\\w.-]{1,60}=[^\\s"\'`;]*)*)';
const separator = '(?:=>|[=:>]|%3[ad])\\s{0,3}';
const values = [
  // In quotes, which may be escaped in it; in quotes that are escaped themselves; in brackets.
  `(${separator}(["'\`]))(?:\\\\[\\s\\S]|(?!\\2)[^\\\\])*`,
  `(${separator}(\\\\+["'\`]))(?:(?!\\4)[\\s\\S])*`,
  `(${separator})(?:\\[[^\\]]*\\]?|\\{[^}]*\\}?|${bare})`,
].join('|');
// Found from the separator backwards, of which a text has few: a search for thirty names at every
// character would take milliseconds. Quotes, however escaped, may follow the name.
const named = new RegExp(
  `(?<=(?:${namePattern})s?(?:[\\\\"'\`\\]]|%5d|%2[27]){0,6}\\s{0,3})(?:${values})`,
  'gi',
);
const flags = new RegExp(
  `((?<![\\w-])--[\\w-]{0,40}(?:${namePattern})\\s{1,3})(?![-\\s])(\\S+)`,
  'gi',
);

/** A text without the secrets that can be recognised by their shape or by a name before them. */
export function redactText(text: string): string {
  if (!suspicious.test(text)) return text;
  return text
    .replace(privateKeys, redacted)
    .replace(urlCredentials, `://${redacted}@`)
    .replace(named, `$1$3$5${redacted}`)
    .replace(statements, `$1${redacted}`)
    .replace(flags, `$1${redacted}`)
    .replace(bearers, `$1${redacted}`)
    .replace(basics, `$1${redacted}`)
    .replace(webTokens, redacted)
    .replace(knownTokens, redacted);
}

/**
 * The policy table as people read it: `docs/policy.md`, printed from `packages/kit/src/auth/policy.ts`.
 * `node tests/contract/print-policy.ts` writes the file; with `--check` it says when it is stale and exits with 1.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { beyondOf, lineOf, POLICY, ROLE_SCOPES, type Owner } from '../../packages/kit/src/auth/policy.ts';

const ROOT = join(import.meta.dirname, '../..');
const FILE = 'docs/policy.md';

const OWNERS: Readonly<Record<Owner, string>> = {
  self: 'the person’s own',
  company: 'of the caller’s company',
  'company-admin': 'of the company that the caller administers',
  location: 'at the location that the caller is bound to',
  holder: 'of who shows its token, or is its customer',
  nobody: 'nobody’s own',
};

const INTRODUCTION = `# Who may see and do what

Printed from the policy table, \`packages/kit/src/auth/policy.ts\`, by \`node tests/contract/print-policy.ts\`. Do not edit.

A field needs its scope: a role gives some, a key or a person of the staff is granted others. Where a thing is somebody's, the scope opens
one's own alone; somebody else's looks as if there was none, unless the caller has a scope that lifts that. A line without a scope is decided
by whoever owns the object, wherever it is reached. \`tests/attack/idor*.test.ts\` tries every line with everybody whose the thing is not.

- _of the caller’s company_: members now, whatever their token says; staff by the scopes that lift it.
- _at the location that the caller is bound to_: registers and keys of a location; who is bound to none has all. Levels, ledgers and transfers
  of every location may be read, since registers tell customers where else something is.
- _of who shows its token_: a guest's cart, a link in a mail. The token is the right; signed-in customers have their own without.
`;

const code = (text: string): string => `\`${text}\``;
const codes = (texts: readonly string[]): string => texts.map(code).join(', ');

/** The roles that have a scope without being granted it; services have all. */
const rolesWith = (scope: string): string =>
  Object.entries(ROLE_SCOPES)
    .filter(([, scopes]) => scopes.includes(scope))
    .map(([role]) => role)
    .join(', ') || 'by grant';

function rowOf(coordinate: string): string {
  const { scope, of: owner } = lineOf(coordinate);
  const cells = [
    code(coordinate),
    scope === undefined ? '' : code(scope),
    scope === undefined ? '' : rolesWith(scope),
    owner === undefined ? '' : OWNERS[owner],
    codes(beyondOf(coordinate)),
  ];
  return `| ${cells.join(' | ')} |`;
}

const HEAD = '| field | scope | roles that have it | whose | lifted by |\n| --- | --- | --- | --- | --- |';

const section = (title: string, coordinates: readonly string[]): string =>
  `## ${title}\n\n${HEAD}\n${coordinates.map(rowOf).join('\n')}\n`;

function roles(): string {
  const rows = Object.entries(ROLE_SCOPES).map(
    ([role, scopes]) => `| ${role} | ${scopes.includes('*') ? 'all, in the internal graphs as well' : codes(scopes)} |`,
  );
  return `## Roles\n\n| role | scopes that go with it |\n| --- | --- |\n${rows.join('\n')}\n`;
}

/** The text of the file. */
export async function printedPolicy(): Promise<string> {
  const lines = Object.keys(POLICY);
  const of = (root: string) => lines.filter((line) => line.startsWith(`${root}.`));
  const rest = lines.filter((line) => !/^(?:Query|Mutation|Subscription)\./.test(line)).sort();
  const text = [
    INTRODUCTION,
    roles(),
    section('Questions', of('Query')),
    section('Commands', of('Mutation')),
    section('Subscriptions', of('Subscription')),
    section('Entities and their fields', rest),
  ].join('\n');
  const path = join(ROOT, FILE);
  return format(text, { ...(await resolveConfig(path)), filepath: path });
}

/** The complaint about a committed file that differs or is missing. */
export async function stalePolicy(): Promise<string[]> {
  const path = join(ROOT, FILE);
  const isFresh = existsSync(path) && readFileSync(path, 'utf8') === (await printedPolicy());
  return isFresh ? [] : [`${FILE} is stale: run node tests/contract/print-policy.ts`];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv.includes('--check')) {
    const complaints = await stalePolicy();
    for (const complaint of complaints) console.error(complaint);
    if (complaints.length > 0) process.exitCode = 1;
  } else {
    writeFileSync(join(ROOT, FILE), await printedPolicy());
  }
}

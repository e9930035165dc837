import { COMPANY_MEMBERS } from './demo/company.ts';
import { CUSTOMERS, DEMO_PASSWORD } from './demo/customers.ts';
import { DEMO_KEYS } from './demo/keys.ts';
import { STAFF } from './demo/staff.ts';
import { BFFS, type Listener } from './services.ts';

const LABELS: Readonly<Record<(typeof BFFS)[number], string>> = {
  web: 'Web shop',
  mobile: 'Mobile app',
  pos: 'Point of sale',
  b2b: 'B2B portal',
  marketplace: 'Marketplace',
};

/** What `npm start` prints when everything is up: where things are, with which keys, and what to try. */
export function banner(options: {
  readonly ports: Readonly<Record<Listener, number>>;
  readonly host: string;
  readonly database: string;
  readonly demo: boolean;
  readonly tookMs: number;
}): string {
  const { ports, demo } = options;
  const host = options.host === '0.0.0.0' || options.host === '127.0.0.1' ? 'localhost' : options.host;
  const at = (listener: Listener) => `http://${host}:${ports[listener]}`;
  const rows: string[][] = [['', 'GraphQL and GraphiQL', demo ? 'demo key (Authorization: Bearer …)' : '']];
  const guests = new Set<string>(['web', 'mobile']);
  rows.push(['Router', `${at('router')}/graphql`, demo ? DEMO_KEYS.router.map((key) => key.key).join(', ') : '']);
  for (const bff of BFFS) {
    const keys = demo ? DEMO_KEYS[bff].map((key) => key.key).join(', ') : '';
    rows.push([LABELS[bff], `${at(bff)}/graphql`, guests.has(bff) && demo ? `none needed; ${keys}` : keys]);
  }
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const table = rows
    .map((row) => `  ${row[0]!.padEnd(widths[0]!)}  ${row[1]!.padEnd(widths[1]!)}  ${row[2]!}`.trimEnd())
    .join('\n');
  const signIns = [
    `  Shop and app     ${CUSTOMERS[0]!.email} with the password ${DEMO_PASSWORD}`,
    `  B2B portal       ${COMPANY_MEMBERS.map(({ email, role }) => `${email} (${role})`).join(', ')} with the same`,
    `  Point of sale    ${STAFF[0]!.name}: staff code ${STAFF[0]!.code}, PIN ${STAFF[0]!.pin}, by the device’s key (dk_test_…)`,
  ].join('\n');
  const tries = `  curl -s ${at('web')}/graphql -H 'content-type: application/json' \\
    -d '{"query":"{ searchPage(query: \\"lantern\\") { products { edges { node { handle title variants { id sku price { gross { minorUnits currency } } availability { status sellableQuantity version } } } } } } }"}'`;
  return `
Kontor is ready (${(options.tookMs / 1000).toFixed(1)} s)

${table}

  PostgreSQL         ${options.database}
  Payment simulator  ${at('psp')}
${demo ? `\nPeople of the demo sign in with \`signIn\` and \`staffSignIn\`:\n\n${signIns}\n\nTry this, or open ${at('web')}/graphql in a browser:\n\n${tries}\n` : ''}
Ctrl-C stops everything; the data stays.
`;
}

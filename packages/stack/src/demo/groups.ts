/** A group whose members staff name. */
export interface DemoGroup {
  readonly code: string;
  readonly name: string;
  readonly emails: readonly string[];
}

export const GROUPS: readonly DemoGroup[] = [
  {
    code: 'guides',
    name: 'Mountain guides',
    emails: ['jana.lindqvist@example.com', 'pieter.dewit@example.com'],
  },
  { code: 'press', name: 'Press and reviewers', emails: ['amelie.fournier@example.com'] },
];

/** Consents that were given on paper before. */
export const CONSENTS = [
  { email: 'jana.lindqvist@example.com', purpose: 'newsletter', channel: 'email' },
  { email: 'oliver.hartley@example.com', purpose: 'newsletter', channel: 'email' },
].map((consent) => ({ ...consent, isGranted: true, textVersion: '2026-01', proof: 'Form at the till' }));

/** A group whose members a rule finds: whoever reads the newsletter. */
export const SEGMENT = {
  code: 'newsletter-readers',
  name: 'Readers of the newsletter',
  rule: { match: 'ALL', conditions: [{ consent: { purpose: 'newsletter', channel: 'email' } }] },
} as const;

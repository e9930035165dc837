import type { MailTemplate, MailValues } from './template.ts';

const mail = (subject: string, { givenName }: MailValues, ...paragraphs: string[]) => ({
  subject,
  text: [givenName === null ? 'Guten Tag,' : `Guten Tag ${givenName},`, ...paragraphs].join('\n\n') + '\n',
});

/** Mails in German. */
export const de = {
  EMAIL_VERIFICATION: (values) =>
    mail(
      'Bitte bestätigen Sie Ihre E-Mail-Adresse',
      values,
      'mit dieser Adresse wurde ein Konto angelegt. Bestätigen Sie, dass sie Ihnen gehört:',
      values.link('verify-email'),
      'Der Link gilt einen Tag. Falls Sie kein Konto angelegt haben, öffnen Sie ihn nicht: Jemand hat Ihre Adresse mit der eigenen verwechselt.',
    ),
  IDENTITY_VERIFICATION: (values) =>
    mail(
      'Bitte bestätigen Sie Ihre neue E-Mail-Adresse',
      values,
      'jemand – hoffentlich Sie – hat diese Adresse dem eigenen Konto hinzugefügt. Melden Sie sich in dem Konto an und öffnen Sie:',
      values.link('verify-identity'),
      'Der Link gilt einen Tag. Falls Sie es nicht waren, öffnen Sie ihn nicht.',
    ),
  EMAIL_CLAIM: (values) =>
    mail(
      'Bitte bestätigen Sie Ihr neues Konto',
      values,
      'jemand – hoffentlich Sie – hat sich mit dieser Adresse angemeldet und ein Passwort gewählt. Bestätigen Sie es, um das Konto zu benutzen:',
      values.link('verify-email'),
      'Der Link gilt einen Tag. Falls Sie es nicht waren, öffnen Sie ihn nicht: Das Passwort ist das eines anderen. Bisher hat sich nichts geändert.',
    ),
  ACCOUNT_EXISTS: (values) =>
    mail(
      'Sie haben schon ein Konto',
      values,
      'jemand – hoffentlich Sie – wollte mit dieser Adresse ein Konto anlegen. Es gibt schon eines: Melden Sie sich mit seinem Passwort an,',
      values.link('sign-in'),
      'oder wählen Sie ein neues:',
      values.link('forgot-password'),
      'Falls Sie es nicht waren, ist nichts zu tun.',
    ),
  PASSWORD_RESET: (values) =>
    mail(
      'Wählen Sie ein neues Passwort',
      values,
      'hier wählen Sie ein neues Passwort für Ihr Konto:',
      values.link('reset-password'),
      'Der Link gilt eine Stunde und ein einziges Mal. Falls Sie nicht darum gebeten haben, ist nichts zu tun: Ihr Passwort bleibt, wie es ist.',
    ),
  PASSWORD_CHANGED: (values) =>
    mail(
      'Ihr Passwort wurde geändert',
      values,
      'das Passwort Ihres Kontos wurde geändert, und Sie wurden überall sonst abgemeldet. Falls Sie es nicht waren, wählen Sie jetzt ein neues:',
      values.link('forgot-password'),
    ),
  COMPANY_INVITATION: (values) =>
    mail(
      `Einkaufen für ${values.parameters['company']}`,
      values,
      `${values.parameters['company']} lädt Sie ein, in ihrem Namen einzukaufen. Hier nehmen Sie an:`,
      values.link('company-invitation'),
      'Der Link ist nur für Sie und gilt ein einziges Mal. Falls Sie die Firma nicht kennen, ist nichts zu tun.',
    ),
} satisfies Record<string, MailTemplate>;

import type { MailTemplate, MailValues } from './template.ts';

const mail = (subject: string, { givenName }: MailValues, ...paragraphs: string[]) => ({
  subject,
  text: [givenName === null ? 'Hello,' : `Hello ${givenName},`, ...paragraphs].join('\n\n') + '\n',
});

/** All mails in English: the language of those whose own has no texts. */
export const en = {
  EMAIL_VERIFICATION: (values) =>
    mail(
      'Please confirm your email address',
      values,
      'an account was made with this address. Confirm that it is yours:',
      values.link('verify-email'),
      'The link is good for one day. If you did not make the account, do not open it: somebody has mistaken your address for theirs.',
    ),
  IDENTITY_VERIFICATION: (values) =>
    mail(
      'Please confirm your new email address',
      values,
      'somebody, you we hope, has added this address to their account. Sign in to the account and open:',
      values.link('verify-identity'),
      'The link is good for one day. If it was not you, do not open it.',
    ),
  EMAIL_CLAIM: (values) =>
    mail(
      'Please confirm your new account',
      values,
      'somebody, you we hope, has signed up with this address and chosen a password. Confirm it to use the account:',
      values.link('verify-email'),
      'The link is good for one day. If it was not you, do not open it: the password is somebody else’s. Nothing has changed so far.',
    ),
  ACCOUNT_EXISTS: (values) =>
    mail(
      'You have an account already',
      values,
      'somebody, you we hope, has tried to sign up with this address. There is an account already: sign in with its password,',
      values.link('sign-in'),
      'or choose a new one:',
      values.link('forgot-password'),
      'If it was not you, there is nothing to do.',
    ),
  PASSWORD_RESET: (values) =>
    mail(
      'Choose a new password',
      values,
      'choose a new password for your account here:',
      values.link('reset-password'),
      'The link is good for one hour and for one time. If you did not ask for it, there is nothing to do: your password stays as it is.',
    ),
  PASSWORD_CHANGED: (values) =>
    mail(
      'Your password was changed',
      values,
      'the password of your account was changed, and you were signed out everywhere else. If it was not you, choose a new one now:',
      values.link('forgot-password'),
    ),
  COMPANY_INVITATION: (values) =>
    mail(
      `Buy for ${values.parameters['company']}`,
      values,
      `${values.parameters['company']} invites you to buy in its name. Accept here:`,
      values.link('company-invitation'),
      'The link is for you alone and good for one time. If you do not know the company, there is nothing to do.',
    ),
} satisfies Record<string, MailTemplate>;
